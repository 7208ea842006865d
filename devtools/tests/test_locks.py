"""A lock excludes other processes, and dies with its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from devtools.locks import Lock
from devtools.places import ROOT

# Takes the lock, forks a child that lives on as those of honcho do, says so, and waits.
HOLDER = """
import os, sys, time
from pathlib import Path
from devtools.locks import Lock
lock = Lock(Path(sys.argv[1]))
lock.take()
lock.write("http://127.0.0.1:8000")
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def test_who_comes_second_learns_where_the_first_runs_and_inherits_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        try:
            lock = Lock(path)
            assert not lock.try_to_take()
            assert lock.read() == "http://127.0.0.1:8000"

            holder.kill()
            holder.wait()
            assert lock.try_to_take()  # though the child still has the file open
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_file_left_behind_locks_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("left by somebody")
    assert Lock(path).try_to_take()
