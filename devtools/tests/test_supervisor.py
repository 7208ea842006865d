"""However `./dev run` ends, what it started ends too, and the exit status says why."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools.places import ROOT
from devtools.processes import command_line

PROGRAM = """
import sys
from devtools.processes import end_cleanly_on_signals
from devtools.supervisor import Supervisor

if __name__ == "__main__":
    end_cleanly_on_signals()
    supervisor = Supervisor(when_started=lambda s: s.say("started"))
    for name, command in zip(("one", "two"), (sys.argv[1:3], sys.argv[3:5])):
        supervisor.add(name, command, {"PATH": "/usr/bin:/bin"})
    sys.exit(supervisor.run())
"""
LASTING = "3600.25"  # seconds; an unusual number, to know our own by


def start(tmp_path: Path, *commands: str) -> "subprocess.Popen[str]":
    program = tmp_path / "supervise.py"
    program.write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, str(program), *commands],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def children_of(supervisor: "subprocess.Popen[str]") -> list[int]:
    """Read the process ids from honcho's "started (pid=…)" lines, one for each program."""
    assert supervisor.stdout is not None
    found: list[int] = []
    while len(found) < 2:
        line = supervisor.stdout.readline()
        assert line, "the supervisor ended before it had started both programs"
        if "(pid=" in line:
            found.append(int(line.split("(pid=")[1].split(")")[0]))
    return found


def all_gone_within(seconds: float, pids: list[int]) -> bool:
    deadline = time.monotonic() + seconds
    while any("sleep" in command_line(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=str,
)
def test_a_signal_ends_everything_and_shows_in_the_status(tmp_path: Path, number: signal.Signals, status: int) -> None:
    with start(tmp_path, "sleep", LASTING, "sleep", LASTING) as supervisor:
        pids = children_of(supervisor)
        supervisor.send_signal(number)
        supervisor.communicate(timeout=20)
        assert supervisor.returncode == status
    assert all_gone_within(1, pids)


def test_a_killed_supervisor_leaves_no_program_behind(tmp_path: Path) -> None:
    with start(tmp_path, "sleep", LASTING, "sleep", LASTING) as supervisor:
        pids = children_of(supervisor)
        supervisor.kill()
        assert all_gone_within(10, pids)


def test_one_program_ending_ends_the_others_and_gives_its_status(tmp_path: Path) -> None:
    with start(tmp_path, "sleep", LASTING, "false", "") as supervisor:
        pids = children_of(supervisor)
        supervisor.communicate(timeout=20)
        assert supervisor.returncode == 1
    assert all_gone_within(1, pids)


def test_a_closed_terminal_is_no_reason_to_leave_programs_running(tmp_path: Path) -> None:
    with start(tmp_path, "sleep", LASTING, "sleep", LASTING) as supervisor:
        pids = children_of(supervisor)
        assert supervisor.stdout is not None
        supervisor.stdout.close()  # what it writes from now on fails
        supervisor.send_signal(signal.SIGHUP)
        assert supervisor.wait(timeout=20) == 129
    assert all_gone_within(1, pids)


def test_a_signal_in_the_middle_of_writing_ends_everything_too(tmp_path: Path) -> None:
    chatty = tmp_path / "chatty.sh"
    chatty.write_text("while :; do echo busy; sleep 0.001; done")
    with start(tmp_path, "sh", str(chatty), "sleep", LASTING) as supervisor:
        pids = children_of(supervisor)
        supervisor.terminate()
        supervisor.communicate(timeout=20)
        assert supervisor.returncode == 143
    assert all_gone_within(1, pids)
