"""The key ring of PHI_KEYS: seals health data with AES-GCM before it leaves the process.

The newest key seals, with the student's id as associated data, so that a value moved under another student does not
open. Older keys of the ring still open what they sealed: keys rotate without losing anything.

Layout of a sealed value: version (1 byte, 0x01) ‖ length of key id (1) ‖ key id ‖ nonce (12) ‖ ciphertext and tag.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
NONCE_BYTES = 12


class NotSealed(ValueError):
    """A value that was to be cached, or was found in the cache, is not sealed; or it does not open here."""


class KeyRing:
    """The keys of PHI_KEYS: the first seals, all of them open."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        """Take key ids and their 32 bytes, newest first."""
        self.newest = next(iter(keys))
        self.secrets = keys
        self._ciphers = {key_id: AESGCM(secret) for key_id, secret in keys.items()}

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read 'id:base64,id:base64'; raise ImproperlyConfigured naming the part that is wrong, never its secret."""
        keys: dict[str, bytes] = {}
        for number, part in enumerate(filter(None, (p.strip() for p in text.split(","))), 1):
            key_id, _, encoded = part.partition(":")
            try:
                secret = base64.b64decode(encoded, validate=True)
            except ValueError:
                secret = b""
            if not key_id or len(key_id) > 40 or len(secret) != 32 or key_id in keys:
                raise ImproperlyConfigured(
                    f"PHI_KEYS: key number {number} is not 'id:base64 of 32 bytes' with an id of its own."
                )
            keys[key_id] = secret
        if not keys:
            raise ImproperlyConfigured("PHI_KEYS holds no key.")
        return cls(keys)

    def seal(self, plain: bytes, *, about: bytes) -> bytes:
        """Encrypt `plain`; it opens only with the same `about` (the student's id)."""
        nonce = os.urandom(NONCE_BYTES)
        key_id = self.newest.encode()
        cipher = self._ciphers[self.newest]
        return b"".join((VERSION, bytes((len(key_id),)), key_id, nonce, cipher.encrypt(nonce, plain, about)))

    def unseal(self, sealed: object, *, about: bytes) -> bytes:
        """Decrypt; raise NotSealed when it was sealed about another student, by an unknown key, or altered.

        `sealed` is whatever the cache gave back; a client may read what somebody else put there as a number.
        """
        if not isinstance(sealed, bytes) or sealed[:1] != VERSION or len(sealed) < 2:
            raise NotSealed("not a sealed value")
        end = 2 + sealed[1]
        cipher = self._ciphers.get(sealed[2:end].decode("utf-8", "replace"))
        if cipher is None:
            raise NotSealed("sealed by a key that is not in PHI_KEYS")
        try:
            return cipher.decrypt(sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :], about)
        except (InvalidTag, ValueError) as error:
            raise NotSealed("sealed about something else, or altered") from error


@lru_cache(maxsize=1)
def key_ring() -> KeyRing:
    """Return the ring of settings.PHI_KEYS, parsed once a process."""
    return KeyRing.parse(settings.PHI_KEYS)
