"""State and sockets land where servers and clients can use them, whatever the folder is called."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import pytest
from psycopg.conninfo import conninfo_to_dict
from redis import Redis

from devtools.keys import Keys
from devtools.places import LONGEST_SOCKET_FOLDER, socket_folder, state_folder
from devtools.postgres import Postgres
from devtools.trouble import Trouble
from devtools.valkey import Valkey

KEYS = Keys("su", "owner", "pass-Word_1", "valkey", "secret", "k1:x")
ODD = "W c#1%41 (a) é?&@:/inner"


@pytest.fixture
def elsewhere() -> Iterator[list[Path]]:
    folders: list[Path] = []
    yield folders
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_normal_state_keeps_its_sockets_inside() -> None:
    with tempfile.TemporaryDirectory() as short:
        folder = Path(short)
        assert socket_folder(folder) == folder / "sockets"
        assert stat.S_IMODE((folder / "sockets").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["x" * 120, "one, two"])
def test_a_path_no_socket_can_have_moves_to_a_private_short_one(
    tmp_path: Path, elsewhere: list[Path], name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    sockets = socket_folder(folder)
    elsewhere.append(sockets)
    assert len(str(sockets)) <= LONGEST_SOCKET_FOLDER
    assert "," not in str(sockets)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert socket_folder(folder) == sockets  # another terminal finds the same


def test_a_short_folder_that_others_can_enter_is_refused(tmp_path: Path, elsewhere: list[Path]) -> None:
    folder = tmp_path / ("y" * 120)
    folder.mkdir()
    sockets = socket_folder(folder)
    elsewhere.append(sockets)
    sockets.chmod(0o755)
    with pytest.raises(Trouble, match="not a private folder"):
        socket_folder(folder)


def test_addresses_survive_any_folder_name(tmp_path: Path) -> None:
    sockets = tmp_path / ODD
    postgres = Postgres(tmp_path, sockets, KEYS, durable=False)
    valkey = Valkey(tmp_path, sockets, KEYS, durable=False)

    libpq = conninfo_to_dict(postgres.url("whitecross"))
    assert (libpq["host"], libpq["password"], libpq["dbname"]) == (str(sockets), "pass-Word_1", "whitecross")
    assert dj_database_url.parse(postgres.url("whitecross"))["HOST"] == str(sockets)
    with Redis.from_url(valkey.url(5)) as client:
        redis = client.connection_pool.connection_kwargs
    assert (redis["path"], redis["db"], redis["password"]) == (str(sockets / "valkey.sock"), 5, "valkey")


def test_the_state_follows_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHITECROSS_STATE", str(tmp_path / "here"))
    assert state_folder("run") == tmp_path / "here" / "run"
    assert stat.S_IMODE((tmp_path / "here").stat().st_mode) == 0o700


def test_a_state_that_cannot_be_made_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WHITECROSS_STATE", str(tmp_path / "file" / "state"))
    with pytest.raises(Trouble, match="WHITECROSS_STATE"):
        state_folder()
