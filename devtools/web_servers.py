"""The two web servers: gunicorn for `./dev run`, granian in production. docs/adr/0012-two-web-servers.md says why."""

import sys

from devtools.ports import HOST

APPLICATION = "whitecross.wsgi:application"
WORKERS, THREADS = 2, 4
# Longer than a proxy or a browser leaves a connection unused, so that the client is the one who closes it.
KEEP_ALIVE = 75  # seconds
# One process may get them all, and a connection that waits costs a file and a few kilobytes.
CONNECTIONS_A_WORKER = 1_000
# Of a header line, in bytes: whoever sends one that is too long gets the answer of our code, as from granian.
LONGEST_HEADER = 65_536
# The last requests have this long to end. A browser's idle connection uses all of it, and Ctrl-C waits for it.
GRACE = 1  # seconds
# In production (Dockerfile, docker-compose.yml): less than Docker waits before it kills everything.
PRODUCTION_GRACE = 25  # seconds
GRANIAN = "--interface wsgi --no-ws --no-access-log --log-level warning --respawn-failed-workers".split()


def gunicorn(port: int) -> list[str]:
    """Return the command of the web server that keeps the case of header names."""
    return [
        *(sys.executable, "-m", "gunicorn", APPLICATION, "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--keep-alive", str(KEEP_ALIVE), "--worker-connections", str(CONNECTIONS_A_WORKER)),
        *("--limit-request-line", "0", "--limit-request-field_size", str(LONGEST_HEADER)),
        *("--graceful-timeout", str(GRACE), "--log-level", "warning", "--no-control-socket"),
        # Who asks and how is for the settings to say (BEHIND_PROXY), not for a header that anybody can send.
        *("--forwarded-allow-ips", ""),
    ]


def granian(port: int, *, workers: int = WORKERS, threads: int = THREADS, kill_after: int = 2) -> list[str]:
    """Return the command of the production server; a worker that hangs at its end is killed after those seconds."""
    return [
        *(sys.executable, "-m", "granian", APPLICATION, *GRANIAN, "--host", HOST, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--workers-kill-timeout", str(kill_after)),
    ]
