"""honcho, with what `./dev run` needs beside: a closed terminal, an early Ctrl-C, and a `kill -9` of ourselves."""

import contextlib
import multiprocessing
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from honcho import manager
from honcho.printer import Printer
from honcho.process import Process

from devtools.processes import ENDING


class Terminal:
    """The terminal as honcho writes to it: unbuffered, and silent once it is gone.

    honcho writes in its signal handlers too; a buffered stream that is interrupted while writing refuses that.
    """

    def write(self, text: str) -> int:
        """Write all of the text, or nothing when nobody can read it any more."""
        rest = text.encode(errors="replace")
        with contextlib.suppress(OSError):
            while rest:
                rest = rest[os.write(sys.stdout.fileno(), rest) :]
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Say whether colours can be shown."""
        return sys.stdout.isatty()


class Child(Process):  # type: ignore[misc]
    """Runs in a process between, which ends the program it started when the supervisor is no more."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Start the program and pass on what it says until it ends."""
        # Not SIG_IGN, which the program would inherit; only the process between outlasts the signals of a terminal.
        for number in ENDING:
            signal.signal(number, _do_nothing)
        threading.Thread(target=self._end_with_parent, daemon=True).start()
        super().run(events, ignore_signals)

    def _end_with_parent(self) -> None:
        parent = multiprocessing.parent_process()
        if parent is None:
            return
        parent.join()
        if self._child is not None:
            os.killpg(self._child.pid, signal.SIGTERM)
        os._exit(1)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """Handle a signal by going on."""


class Supervisor(manager.Manager):  # type: ignore[misc]
    """Runs programs side by side until one ends or a signal comes, then ends them all."""

    def __init__(self, when_started: Callable[["Supervisor"], None]) -> None:
        super().__init__(printer=Printer(Terminal()))
        self._process_ctor = Child
        self._when_started = when_started
        self._to_end = False
        self._ended_by = 0

    def add(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Add a program; `exec`, so that the process honcho knows is the program and not a shell."""
        self.add_process(name, "exec " + shlex.join(command), env=dict(environment))

    def run(self) -> int:
        """Run them all; return 128 + the signal that ended us, or the status of the first that ended by itself."""
        before = signal.signal(signal.SIGHUP, self._hang_up)
        try:
            self.loop()
        finally:
            signal.signal(signal.SIGHUP, before)
        status = int(self.returncode or 0)
        return 128 + self._ended_by if self._ended_by else status if status >= 0 else 128 - status

    def say(self, text: str) -> None:
        """Write to the terminal, if it is still there."""
        print(text, file=Terminal())

    def terminate(self) -> None:
        """End all programs; honcho itself fails on one that is just starting, so wait for its process id."""
        if super()._all_started():
            super().terminate()
        else:
            self._to_end = True

    def _start(self) -> None:
        super()._start()  # forks, so no thread of ours may run before
        threading.Thread(target=self._when_started, args=(self,), daemon=True).start()

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started and self._to_end:
            self._to_end = False
            super().terminate()
        return started

    def _hang_up(self, number: int, frame: FrameType | None) -> None:
        self._ended_by = number
        self.terminate()
