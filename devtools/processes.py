"""Running other programs: with the signals they should get, and knowing one by its process id."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devtools.places import ROOT

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_by_signal(number: int, frame: FrameType | None = None) -> NoReturn:
    """Leave as a shell expects of a process ended by this signal, through every `finally` on the way."""
    raise SystemExit(128 + number)


def end_cleanly_on_signals() -> None:
    """Let Ctrl-C, `kill` and a closed terminal unwind the stack, so that servers are stopped."""
    for number in ENDING:
        signal.signal(number, end_by_signal)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C interrupt the cleaning up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program in the root of the checkout and return its exit status; it ends first when we are to end."""
    ended_by: list[int] = []
    before = {number: signal.getsignal(number) for number in ENDING}
    child = subprocess.Popen(command, env=environment, cwd=ROOT)

    def pass_on(number: int, frame: FrameType | None) -> None:
        ended_by.append(number)
        # A terminal sends Ctrl-C to the child itself; twice would make it leave without cleaning up.
        if number != signal.SIGINT:
            child.kill() if ended_by.count(number) > 1 else child.terminate()
        elif not sys.stdin or not sys.stdin.isatty():
            child.send_signal(signal.SIGINT)

    try:
        for number in ENDING:
            signal.signal(number, pass_on)
        status = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if ended_by and ended_by[0] != signal.SIGINT:
        end_by_signal(ended_by[0])
    return status if status >= 0 else 128 - status


def run_whole(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a tool out of reach of the terminal's signals; when we are interrupted it ends with all it started itself."""
    tool = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = tool.communicate()
    except BaseException:
        os.killpg(tool.pid, signal.SIGKILL)
        tool.wait()
        raise
    return subprocess.CompletedProcess(command, tool.returncode, output)


def command_line(pid: int) -> str:
    """Return the command line of a process, or "" when there is none; a reused process id gives itself away by it."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
