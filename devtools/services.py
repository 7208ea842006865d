"""The servers that a command needs: somebody's own, by DATABASE_URL and REDIS_URL, or private ones."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from devtools.keys import keys_of
from devtools.locks import Lock
from devtools.places import socket_folder, state_folder
from devtools.postgres import Postgres
from devtools.processes import undisturbed
from devtools.roles import OWNER, SERVICE
from devtools.trouble import Trouble
from devtools.valkey import Valkey


@dataclass(frozen=True)
class Services:
    """Addresses of running servers."""

    database_url: str  # of the service's role
    owner_url: str  # of the role that migrates
    redis_url: str
    private: bool  # ours, not somebody's own

    @property
    def service_role(self) -> str:
        """The role that needs rights on what the owner makes; "" where one role does both."""
        if self.owner_url == self.database_url:
            return ""
        return unquote(urlsplit(self.database_url).username or "")


@contextmanager
def services(name: str, *, durable: bool) -> Iterator[Services]:
    """Give the servers of the state's subfolder `name` for as long as the block lasts.

    Any number of commands may use them at once: the first to come starts them, the last to go stops them, and
    whatever a killed command left running is taken over by the next.
    """
    if own := _servers_of_ones_own():
        yield own
        return
    folder, keys = state_folder(name), keys_of(state_folder())
    sockets = socket_folder(folder)
    postgres = Postgres(folder, sockets, keys, durable=durable)
    valkey = Valkey(folder, sockets, keys, durable=durable)
    users, turn = Lock(folder / "users.lock"), Lock(folder / "turn.lock")
    try:
        with turn:  # only one process at a time starts or stops anything
            users.share()
            postgres.start()
            valkey.start()
        yield Services(postgres.url(SERVICE), postgres.url(OWNER), valkey.url(), private=True)
    finally:
        with undisturbed(), turn:
            if users.try_to_take():
                valkey.stop()
                postgres.stop()
            users.release()


def _servers_of_ones_own() -> Services | None:
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not database and not redis:
        return None
    if not database or not redis:
        there, missing = ("DATABASE_URL", "REDIS_URL") if database else ("REDIS_URL", "DATABASE_URL")
        raise Trouble(
            f"{there} is set and {missing} is not. "
            "Set both to use servers of your own, or neither and ./dev starts its own."
        )
    return Services(database, os.environ.get("MIGRATION_DATABASE_URL") or database, redis, private=False)
