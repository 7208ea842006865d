"""What may enter the cache of health data: sealed bytes, and nothing else.

The value is the finished bytes of an answer, sealed by access.keys with the student's id. This serializer makes a
plain value in the `phi` cache impossible, whoever writes the code that tries.
"""

from django_redis.serializers.base import BaseSerializer

from access.keys import VERSION, NotSealed


class SealedSerializer(BaseSerializer):  # type: ignore[misc]  # django-redis has no types
    """django-redis serializer of the `phi` cache: lets sealed bytes through and refuses anything else."""

    def dumps(self, value: object) -> bytes:
        """Return the sealed bytes as they are; raise NotSealed for what nobody sealed."""
        if not isinstance(value, bytes) or value[:1] != VERSION:
            raise NotSealed("only values from KeyRing.seal() may enter the phi cache")
        return value

    def loads(self, value: bytes) -> bytes:
        """Return the sealed bytes; opening them needs to know whom they are about."""
        return value
