"""What /proc tells about a server: its own time, its children's, that of those that ended, and its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devtools.trouble import Trouble
from loadtest.bench.cpu import cpu_seconds, resident_bytes, settle, tree

SPIN = "import time\nwhile time.process_time() < 0.3: pass\n"
# Says when it is done, and goes on living.
THEN_WAIT = "print('done', flush=True)\nimport sys; sys.stdin.read()\n"
# A child that spins, and is waited for.
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {SPIN!r}])\n"
# One that lives on.
KEEPER = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {SPIN + THEN_WAIT!r}]).wait()\n"


@contextmanager
def running(program: str) -> Iterator[int]:
    """Run a program until it says that it is done; give its process id, end it afterwards."""
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process.pid
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("program", [SPIN + THEN_WAIT, PARENT + THEN_WAIT, KEEPER])
def test_the_time_of_a_process_and_of_its_children_is_counted(program: str) -> None:
    with running(program) as pid:
        assert cpu_seconds(pid) >= 0.29


def test_a_process_that_waits_uses_nothing_more() -> None:
    with running(THEN_WAIT) as pid:
        settle(pid)
        assert cpu_seconds(pid) - cpu_seconds(pid) == 0


def test_the_tree_is_the_process_and_its_children_and_nobody_else() -> None:
    with running(KEEPER) as pid:
        assert len(tree(pid)) == 2
        assert tree(pid)[0] == pid
        assert os.getpid() not in tree(pid)
        assert set(tree(pid)) < set(tree(os.getpid()))


def test_memory_that_a_child_holds_is_counted() -> None:
    hold = "kept = b'x' * 50_000_000\n"
    child = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {hold + THEN_WAIT!r}]).wait()\n"
    with running(THEN_WAIT) as empty, running(child) as full:
        assert resident_bytes(full) - resident_bytes(empty) > 45_000_000


def test_a_process_that_is_not_there_is_said_to_be_missing() -> None:
    with running(THEN_WAIT) as pid:
        pass
    with pytest.raises(Trouble, match=f"No process {pid}"):
        cpu_seconds(pid)
