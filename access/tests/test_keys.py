"""The key ring: what it seals opens about the same student alone, by a key of the ring, unaltered."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from access.keys import KeyRing, NotSealed
from whitecross.cache import SealedSerializer

ANA, BEN = b"a" * 16, b"b" * 16
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = KeyRing({"k1": OLD})


def written(key_id: str, secret: bytes) -> str:
    return f"{key_id}:{base64.b64encode(secret).decode()}"


@given(st.binary(max_size=2_000), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_again_unchanged(plain: bytes, about: bytes) -> None:
    assert RING.unseal(RING.seal(plain, about=about), about=about) == plain


def test_a_sealed_value_shows_nothing_of_what_it_holds() -> None:
    sealed = RING.seal(b'{"family_name": "Alvarez"}', about=ANA)
    assert b"Alvarez" not in sealed
    assert b"family" not in sealed


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({RING.seal(b"same", about=ANA) for _ in range(50)}) == 50


def test_it_does_not_open_about_another_student() -> None:
    with pytest.raises(NotSealed):
        RING.unseal(RING.seal(b"peanuts", about=ANA), about=BEN)


def test_it_does_not_open_when_any_byte_was_altered() -> None:
    sealed = RING.seal(b"peanuts", about=ANA)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(NotSealed):
            RING.unseal(bytes(altered), about=ANA)


@given(st.binary(max_size=80))
def test_it_opens_no_bytes_that_nobody_sealed(anything: bytes) -> None:
    with pytest.raises(NotSealed):
        RING.unseal(anything, about=ANA)


@pytest.mark.parametrize("end", [0, 1, 2, 3, 4, 10, 20, 30])
def test_it_does_not_open_when_the_end_is_missing(end: int) -> None:
    with pytest.raises(NotSealed):
        RING.unseal(RING.seal(b"peanuts", about=ANA)[:end], about=ANA)


def test_after_rotation_the_old_key_still_opens_and_the_new_one_seals() -> None:
    before = RING.seal(b"peanuts", about=ANA)
    rotated = KeyRing.parse(f"{written('k2', NEW)},{written('k1', OLD)}")
    assert rotated.unseal(before, about=ANA) == b"peanuts"
    with pytest.raises(NotSealed):
        RING.unseal(rotated.seal(b"bees", about=ANA), about=ANA)


def test_a_key_taken_out_of_the_ring_opens_nothing() -> None:
    with pytest.raises(NotSealed, match="not in PHI_KEYS"):
        KeyRing({"k2": NEW}).unseal(RING.seal(b"peanuts", about=ANA), about=ANA)


def test_another_key_under_the_same_id_opens_nothing() -> None:
    with pytest.raises(NotSealed):
        KeyRing({"k1": NEW}).unseal(RING.seal(b"peanuts", about=ANA), about=ANA)


def test_the_first_key_of_the_text_is_the_newest() -> None:
    ring = KeyRing.parse(f" {written('k2', NEW)} , {written('k1', OLD)},")
    assert ring.newest == "k2"
    assert ring.secrets == {"k2": NEW, "k1": OLD}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "k1",
        "k1:",
        "k1:secret-that-is-no-base64!",
        written("k1", b"too short"),
        written("k1", b"x" * 33),
        written("", OLD),
        written("k" * 41, OLD),
        f"{written('k1', OLD)},{written('k1', NEW)}",
    ],
)
def test_a_wrong_ring_stops_the_process_without_naming_a_secret(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PHI_KEYS") as refused:
        KeyRing.parse(text)
    for part in text.split(","):
        secret = part.partition(":")[2]
        assert not secret or secret not in str(refused.value)


def test_a_long_key_id_in_any_letters_can_be_sealed_with() -> None:
    ring = KeyRing({"ключ" * 10: OLD})
    assert ring.unseal(ring.seal(b"peanuts", about=ANA), about=ANA) == b"peanuts"


@pytest.mark.parametrize("value", ["peanuts", b"peanuts", b"", {"allergies": []}, 7, None])
def test_the_cache_of_health_data_takes_nothing_that_nobody_sealed(value: object) -> None:
    with pytest.raises(NotSealed):
        SealedSerializer({}).dumps(value)


def test_the_cache_of_health_data_takes_sealed_bytes_as_they_are() -> None:
    sealed = RING.seal(b"peanuts", about=ANA)
    serializer = SealedSerializer({})
    assert serializer.loads(serializer.dumps(sealed)) == sealed
