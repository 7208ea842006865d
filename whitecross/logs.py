"""Log lines: JSON in service, short text on a developer's terminal; a fixed set of keys and nothing about a child.

Only keys on the allow-list leave the process, so a careless `log.info("…", student=…)` loses its value, not a
child's privacy. Messages of other libraries pass as text; those that would quote values are set to WARNING.
"""

import logging
import logging.config
from collections.abc import MutableMapping
from contextlib import nullcontext
from typing import Any

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer

ALLOWED_KEYS = frozenset(
    "event level logger timestamp request_id method route status ms task task_id count seconds seal rows digest "
    "reason exc_info exception school_code file batch command outcome statement".split()
)


# The logger of access.request_id, which writes one line a request.
REQUESTS = "whitecross.request"
# Nothing of these is in a line, and each would be asked of the system for each.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


# One list for good: loggers that are in use keep it, whoever sets up logging again.
_processors: list[Any] = []


def only_allowed_keys(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the allow-list; keys of structlog's own (leading underscore) stay."""
    return {key: value for key, value in line.items() if key in ALLOWED_KEYS or key.startswith("_")}


class StraightOut:
    """Writes the line of a request, by far the most frequent one, to where all lines go: a third of the usual cost.

    Stands last among the processors; every other line goes on, through the standard library.
    """

    def __call__(self, logger: logging.Logger, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Write the line and end its way; or return it."""
        if logger.name != REQUESTS or not logger.isEnabledFor(logging.INFO):
            return line
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                with handler.lock or nullcontext():
                    handler.stream.write(f"{orjson.dumps(line).decode()}\n")
                    handler.flush()
        raise structlog.DropEvent


_frames_only = ExceptionDictTransformer(show_locals=False)


def where_it_happened(exc_info: Any) -> list[dict[str, Any]]:
    """Return an exception as its types and frames, without messages or local variables.

    Both hold health data: a database error quotes the row that it refused.
    """
    return [
        {name: value for name, value in stack.items() if name not in ("exc_value", "exc_notes", "exceptions")}
        for stack in _frames_only(exc_info)
    ]


def logging_settings(*, console: bool, level: str) -> None:
    """Set up logging once, for structlog and the standard library alike."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [
            structlog.processors.ExceptionRenderer(where_it_happened),
            structlog.processors.JSONRenderer(),
        ]
    )
    straight = [] if console else [StraightOut()]
    _processors[:] = [*shared, only_allowed_keys, *straight, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structlog.configure(
        processors=_processors,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Their lines quote paths, queries or arguments.
                "django.request": {"level": "ERROR"},
                "django.security.DisallowedHost": {"level": "CRITICAL"},
                "django.db.backends": {"level": "WARNING"},
                "celery": {"level": "WARNING"},
                "kombu": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
            },
        }
    )
