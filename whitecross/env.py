"""What White Cross reads from the environment, each with a message that says how to set it.

Nothing secret has a default. `./dev` makes secrets for the demo and keeps them beside its data; everywhere
else their absence stops the process with the sentence below instead of starting an unsafe service.
"""

import re
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

# A file that holds a secret ends, as most files do, with a newline that is not part of it.
env = FileAwareEnv(strip_whitespace=True)

HOW_TO_SET = {
    "SECRET_KEY": "a long random string, for example from: openssl rand -base64 50",
    "PHI_KEYS": "keys that encrypt cached health data, 'id:base64' of 32 bytes, the newest first, for example k1:"
    "$(head -c 32 /dev/urandom | base64)",
    "DATABASE_URL": "postgres://user:password@host/whitecross of a PostgreSQL 15 or newer",
    "REDIS_URL": "redis://:password@host:6379/0 of a Redis or Valkey with a password",
}


class Environment(StrEnum):
    """Where this process runs; production is the default, so forgetting to say so is safe."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


def required(name: str) -> str:
    """Return the variable `name` (or the content of the file named by `name`_FILE); raise with how to set it."""
    value = str(env.str(name, ""))
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it to {HOW_TO_SET[name]}. "
            "For a demo on this computer, start White Cross with ./dev run (or ./dev manage …), which sets it."
        )
    return value


def database(name: str = "DATABASE_URL") -> dict[str, Any]:
    """Return Django's settings for the database at the URL in `name`; socket folders may be percent-encoded."""
    required(name)
    return dict(env.dj_db_url(name))


def redis_database(url: str, number: int) -> str:
    """Return the redis-py form of `url` (redis, rediss or unix) for the database `number` places after its own."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query))
        query["db"] = str(int(query.get("db", 0)) + number)
        # Not by urlunsplit: without a password it would leave out the two slashes, which redis-py needs.
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}"))


def broker_database(url: str, number: int) -> str:
    """Return the same place in the form that Celery's kombu understands."""
    found = redis_database(url, number)
    # kombu names the database of a socket virtual_host, redis-py names it db.
    return re.sub(r"^unix://(.*[?&])db=", r"redis+socket://\1virtual_host=", found)
