"""A blinded question: the same digits for the same question, and nothing to be learned from them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from pytest_django import Settings

from access.blind import blind
from access.keys import key_ring

OTHER_KEY = "k2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="


@pytest.fixture
def rings(settings: Settings) -> Iterator[Settings]:
    """Settings whose PHI_KEYS may be changed; `key_ring.cache_clear()` makes them count."""
    yield settings
    key_ring.cache_clear()


def test_the_same_question_has_the_same_digits() -> None:
    assert blind("search", b"ringworm") == blind("search", b"ringworm")
    assert len(blind("search", b"ringworm")) == 32
    assert int(blind("search", b""), 16)


def test_other_questions_and_other_uses_have_others() -> None:
    assert len({blind("search", b"a"), blind("search", b"b"), blind("list", b"a"), blind("list", b"")}) == 4


def test_the_digits_are_no_plain_hash() -> None:
    """There are few words of illness: whoever sees a plain hash tries them all."""
    assert blind("search", b"ringworm") not in sha256(b"ringworm").hexdigest()


def test_another_key_gives_other_digits(rings: Settings) -> None:
    before = blind("search", b"ringworm")
    rings.PHI_KEYS = f"{OTHER_KEY},{rings.PHI_KEYS}"
    key_ring.cache_clear()
    assert blind("search", b"ringworm") != before
