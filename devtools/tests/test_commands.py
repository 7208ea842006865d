"""What `./dev` says and how it chooses."""

import pytest

from devtools.__main__ import COMMANDS, main
from devtools.browser import find_or_install
from devtools.services import services
from devtools.testing import in_parallel
from devtools.trouble import Trouble


def test_without_a_command_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_an_unknown_command_is_named_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rum"]) == 2
    assert "'rum'" in capsys.readouterr().err


@pytest.mark.parametrize("only", ["DATABASE_URL", "REDIS_URL"])
def test_half_a_set_of_own_servers_is_refused(only: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(only, "there")
    with pytest.raises(Trouble, match=f"{only} is set"), services("run", durable=True):
        pass


def test_own_servers_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://one@host/database")
    monkeypatch.setenv("REDIS_URL", "redis://host/0")
    monkeypatch.delenv("MIGRATION_DATABASE_URL", raising=False)
    with services("run", durable=True) as given:
        assert given.owner_url == given.database_url == "postgres://one@host/database"
        assert given.service_role == ""

    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgres://owner@host/database")
    with services("run", durable=True) as given:
        assert given.owner_url == "postgres://owner@host/database"
        assert given.service_role == "one"


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ([], ["-n", "2"]),
        (["access", "-x"], ["-n", "2"]),
        (["-n", "4"], []),
        (["-n0"], []),
        (["-p", "no:xdist"], []),
        (["-x", "--pdb"], []),
    ],
)
def test_tests_run_in_two_processes_unless_told_otherwise(arguments: list[str], chosen: list[str]) -> None:
    assert in_parallel(arguments) == chosen


def test_a_wrong_browser_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    path, reason = find_or_install()
    assert path == ""
    assert "/no/such/browser" in reason
