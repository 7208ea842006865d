"""What a key may say about a question: nothing. A keyed hash of it, under a key derived from PHI_KEYS.

A plain hash would not do: there are few enough words of illness to try them all.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from access.keys import key_ring

KEY_BYTES = 32
# 128 bits: two questions never meet by chance.
SHOWN_BYTES = 16


def blind(purpose: str, question: bytes) -> str:
    """Return 32 hexadecimal digits, the same for the same question; without PHI_KEYS nobody can tell which it was.

    `purpose` keeps the digits of one use from meaning anything in another.
    """
    ring = key_ring()
    digest = HMAC(derived(ring.secrets[ring.newest], purpose), SHA256())
    digest.update(question)
    return digest.finalize()[:SHOWN_BYTES].hex()


@lru_cache(maxsize=16)
def derived(secret: bytes, purpose: str) -> bytes:
    """Return the key of one purpose (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"whitecross {purpose}".encode()).derive(secret)
