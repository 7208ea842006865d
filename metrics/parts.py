"""An answer in parts: what cannot be had says so in its own field, and the rest still answers."""

from collections.abc import Callable
from typing import Any

import kombu.exceptions
import psycopg
import redis
import structlog

log = structlog.get_logger("whitecross.metrics")


class Unavailable(Exception):
    """A part cannot be had; the message says why and what would give it, for operators."""


def part(ask: Callable[[], Any]) -> Any:
    """Return what `ask` returns, or {"unavailable": why}.

    The sentence is ours and not the error's: that may hold an address, a login or a value.
    """
    try:
        return ask()
    except Unavailable as missing:
        return {"unavailable": str(missing)}
    except psycopg.errors.InsufficientPrivilege:
        return {"unavailable": "The database role may not read this: GRANT pg_read_all_stats to it."}
    except psycopg.Error as error:
        log.warning("database did not tell", reason=type(error).__name__)
        return {"unavailable": "The database did not answer."}
    except redis.RedisError as error:
        log.warning("cache did not tell", reason=type(error).__name__)
        return {"unavailable": "The cache did not answer."}
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("broker did not tell", reason=type(error).__name__)
        return {"unavailable": "The message broker did not answer."}
