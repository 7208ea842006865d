"""Secrets are made once, kept from others, and never silently replaced beside data that needs them."""

import base64
import stat
from pathlib import Path

import pytest

from devtools.keys import keys_of
from devtools.trouble import Trouble


def test_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    first = keys_of(tmp_path)
    assert keys_of(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_two_states_share_no_secret(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = keys_of(tmp_path / "one"), keys_of(tmp_path / "two")
    assert not set(vars(one).values()) & set(vars(two).values())


def test_the_key_for_health_data_has_32_bytes(tmp_path: Path) -> None:
    name, _, key = keys_of(tmp_path).phi_keys.partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key, validate=True)) == 32


def test_lost_keys_beside_a_database_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "run" / "postgres-18").mkdir(parents=True)
    with pytest.raises(Trouble, match=r"keys\.json is gone"):
        keys_of(tmp_path)
