"""Access tokens are verified once and expire all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from access import tokens
from access.models import User
from access.tokens import holder_of, sent_with, verified


def raw(token: AccessToken | RefreshToken) -> bytes:
    return str(token).encode()


def test_a_token_says_whose_it_is_and_is_verified_once(nora: User) -> None:
    token = raw(AccessToken.for_user(nora))
    before = verified.cache_info()
    assert [holder_of(token), holder_of(token)] == [nora.pk, nora.pk]
    after = verified.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)


def test_a_remembered_token_ends_when_it_expires(nora: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = raw(AccessToken.for_user(nora))
    end = verified(token).expires_at
    monkeypatch.setattr(tokens, "time", lambda: end - 1)
    assert holder_of(token) == nora.pk
    monkeypatch.setattr(tokens, "time", lambda: end)
    with pytest.raises(InvalidToken):
        holder_of(token)


def test_a_token_that_came_expired_is_none(nora: User) -> None:
    token = AccessToken.for_user(nora)
    token.set_exp(lifetime=-timedelta(seconds=1))
    with pytest.raises(InvalidToken):
        holder_of(raw(token))


def test_a_refresh_token_opens_nothing(nora: User) -> None:
    with pytest.raises(InvalidToken):
        holder_of(raw(RefreshToken.for_user(nora)))


def signed(claims: dict[str, Any], key: str) -> bytes:
    return jwt.encode(claims, key, algorithm=api_settings.ALGORITHM).encode()


def test_a_token_of_another_issuer_or_key_is_none(nora: User) -> None:
    claims = {**AccessToken.for_user(nora).payload, "iss": api_settings.ISSUER}
    key = api_settings.SIGNING_KEY
    assert holder_of(signed(claims, key)) == nora.pk
    for other in (signed(claims | {"iss": "elsewhere"}, key), signed(claims, f"another{key}")):
        with pytest.raises(InvalidToken):
            holder_of(other)


def test_a_token_that_does_not_say_whose_it_is_is_none(nora: User) -> None:
    nameless, nobody = AccessToken.for_user(nora), AccessToken.for_user(nora)
    del nameless.payload["user_id"]
    nobody["user_id"] = "nobody"
    for token in (nameless, nobody):
        with pytest.raises(InvalidToken, match="whose"):
            holder_of(raw(token))


@given(st.binary(max_size=200))
def test_no_bytes_are_a_token_by_chance(sent: bytes) -> None:
    with pytest.raises(InvalidToken):
        holder_of(sent)


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", b"abc"), ("Bearer ", b""), ("bearer abc", None), ("Basic abc", None), ("", None)],
)
def test_only_a_bearer_header_brings_a_token(header: str, token: bytes | None) -> None:
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = header
    assert sent_with(request) == token
