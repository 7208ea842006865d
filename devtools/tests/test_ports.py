"""The web server takes the port that was asked for, or says which other one."""

import socket
from collections.abc import Iterator

import pytest

from devtools.ports import HOST, free_port
from devtools.trouble import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as listening:
        yield int(listening.getsockname()[1])


def test_a_taken_port_gives_the_next_free_one(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(taken))
    assert taken < free_port() <= taken + 20


def test_a_port_that_was_just_left_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection((HOST, port)) as client:
            accepted, _ = listening.accept()
            accepted.close()  # this side closed first and so waits (TIME_WAIT)
            client.recv(1)
    monkeypatch.setenv("PORT", str(port))
    assert free_port() == port


@pytest.mark.parametrize("wanted", ["http", "0", "70000", "-1"])
def test_nonsense_is_refused_with_what_to_set(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wanted)
    with pytest.raises(Trouble, match="Set it to a number"):
        free_port()
