"""The lock files are complete, agree with each other, and name no host."""

import re

import pytest

from devtools.places import ROOT
from devtools.quality import LOCKS

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text()))


@pytest.mark.parametrize("lock", LOCKS.values())
def test_no_lock_names_a_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS.values())
def test_every_pin_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_what_is_developed_on_is_what_serves() -> None:
    service, development = pins(LOCKS["service"]), pins(LOCKS["dev"])
    assert service
    assert {name: (version, development.get(name)) for name, version in service.items()} == {
        name: (version, version) for name, version in service.items()
    }


def test_the_dev_script_finds_its_installer_in_the_lock() -> None:
    """`dev` cuts uv's pin out of the file with sed, from `uv==` to the first `# via`."""
    text = (ROOT / LOCKS["dev"]).read_text()
    cut = re.search(r"^uv==.*?# via", text, flags=re.MULTILINE | re.DOTALL)
    assert cut is not None
    assert PIN.findall(cut[0]) == [("uv", pins(LOCKS["dev"])["uv"])]
    assert cut[0].count("--hash=sha256:") > 5
