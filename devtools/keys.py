"""The secrets of one state folder: made once, kept beside the data they open, readable by their owner alone."""

import base64
import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from devtools.trouble import Trouble


@dataclass(frozen=True)
class Keys:
    """Passwords of the servers, and what the service signs and encrypts with."""

    superuser_password: str
    owner_password: str
    service_password: str
    valkey_password: str
    secret_key: str
    phi_keys: str  # "id:base64 of 32 bytes"


def keys_of(state: Path) -> Keys:
    """Return the keys kept in `state`, made at the first call; two first calls at once agree on one set."""
    kept = state / "keys.json"
    if not kept.exists():
        if any(state.glob("*/postgres-*")):
            raise Trouble(
                f"{kept} is gone, and the databases in {state} cannot be opened without it. "
                f"Put it back, or remove {state} to start again."
            )
        _make(kept)
    return Keys(**json.loads(kept.read_text()))


def _make(kept: Path) -> None:
    keys = Keys(
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        service_password=secrets.token_urlsafe(24),
        valkey_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(50),
        phi_keys="k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    )
    mine = kept.with_name(f"{kept.name}.{os.getpid()}")
    mine.unlink(missing_ok=True)
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(keys), file, indent=1)
    with contextlib.suppress(FileExistsError):
        os.link(mine, kept)  # unlike rename, refuses to replace what another process just put there
    mine.unlink()
