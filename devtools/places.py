"""Where things lie: the checkout, the folder that keeps state, the binaries of the wheels, the sockets."""

import hashlib
import os
import stat
from importlib.util import find_spec
from pathlib import Path

from devtools.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
# A socket's path holds at most 103 bytes on macOS (107 on Linux); PostgreSQL's lock has the longest name in the folder.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")


def state_folder(name: str = "") -> Path:
    """Return WHITECROSS_STATE (default `.local` in the checkout) or its subfolder `name`, made if missing."""
    state = (ROOT / (os.environ.get("WHITECROSS_STATE") or ".local")).resolve()
    folder = state / name if name else state
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"Cannot make {folder}: {error.strerror}. If ./dev ran here as another user before, run it as that user "
            "again; or set WHITECROSS_STATE to a folder of your own."
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Trouble(
            f"{folder} belongs to somebody else (user id {folder.stat().st_uid}), probably because ./dev ran as that "
            "user before. Run ./dev as that user again, or set WHITECROSS_STATE to a folder of your own."
        )
    return folder


def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it (its import would do more than we want)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            f"The package {package} is not installed. Run ./dev, which installs it. Where "
            "it has no wheel (Alpine, Windows), run PostgreSQL and Redis yourself and set DATABASE_URL and REDIS_URL."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def socket_folder(folder: Path) -> Path:
    """Return the 0700 folder for the sockets of the servers that live in `folder`.

    Normally a subfolder. A path too long for a socket address, or with a comma (libpq takes it for a list of
    hosts), moves to the temporary folder under a name made from the path. /tmp and not $TMPDIR, which may differ
    between two terminals that must meet.
    """
    near = folder / "sockets"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER and "," not in str(near):
        near.mkdir(mode=0o700, exist_ok=True)
        return near
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    far = Path("/tmp") / f"whitecross-{os.geteuid()}-{name}"  # noqa: S108  # checked below
    far.mkdir(mode=0o700, exist_ok=True)
    found = far.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise Trouble(
            f"{far} is not a private folder of yours, so the servers' sockets are not put there. "
            "Remove it and try again."
        )
    return far
