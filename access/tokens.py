"""Access tokens, verified once: who holds one is remembered until it expires.

A caller sends the same token with every request of its ten minutes. Checking the signature again each time costs half
of what the whole empty request does and can only say the same; when it expires is looked at every time. Whether the
login is still let in is not in the token at all: the gate asks the database, in the statement that it makes anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from time import time

from django.http import HttpRequest
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

# Twenty staff at each of forty schools and their programs, several times over; the oldest are verified again.
REMEMBERED = 8192
BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, by the number of the login, and until when it counts, in seconds since 1970."""

    user_id: int
    expires_at: float


def holder_of(raw: bytes) -> int:
    """Return the number of the login that holds this token; raise InvalidToken if it is none or has expired."""
    holder = verified(raw)
    if holder.expires_at <= time() - api_settings.LEEWAY:
        checked(raw)  # raises, in the words for an expired token
        raise InvalidToken("The token has expired.")
    return holder.user_id


@lru_cache(maxsize=REMEMBERED)
def verified(raw: bytes) -> Holder:
    """Verify signature, issuer and kind of a token; raise InvalidToken, which is not remembered."""
    token = checked(raw)
    try:
        return Holder(int(token[api_settings.USER_ID_CLAIM]), float(token["exp"]))
    except (KeyError, ValueError) as error:
        raise InvalidToken("The token does not say whose it is.") from error


def checked(raw: bytes) -> Token:
    """Return the token's claims, checked as simplejwt checks them, expiry too; raise InvalidToken."""
    return JWTAuthentication().get_validated_token(raw)


def sent_with(request: HttpRequest) -> bytes | None:
    """Return the token that came with a request as `Authorization: Bearer …`; None if none did."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    return header[len(BEARER) :].encode("latin-1") if header.startswith(BEARER) else None
