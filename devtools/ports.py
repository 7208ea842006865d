"""A TCP port for the web server."""

import os
import socket

from devtools.trouble import Trouble

HOST = "127.0.0.1"
TRIES = 21


def free_port() -> int:
    """Return PORT (default 8000) if nothing listens there, else the first free one of the next 20."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 65535:
        raise Trouble(
            f"PORT is {wanted!r}, which is no port. Set it to a number from 1024 to 65535, or leave it out for 8000."
        )
    first = int(wanted)
    for port in range(first, min(first + TRIES, 65536)):
        if _is_free(port):
            return port
    raise Trouble(f"No port from {first} to {min(first + TRIES - 1, 65535)} is free. Set PORT to one that is.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Allows a port whose last connections are still closing, but none where somebody listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
