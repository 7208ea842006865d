"""What may leave for somebody else's service: a list of what is allowed, and everything else stays here.

Each event and each span is made anew from the few fields below, so what a library adds in its next version is not sent
until somebody has put it on a list. Where a text may hold a value (a message, an address, a statement), a text that
cannot takes its place: the type of the exception, the route's pattern, the statement without its values.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from metrics.middleware import METHODS, OTHER_METHOD
from metrics.slow_queries import without_values

Fields = Mapping[str, Any]

UNMATCHED = "unmatched"
# A route's pattern, the name of a view, a task or a class: code wrote it. With a blank it would be somebody's sentence.
CODE_WORD = re.compile(r"[\w.:/<>{}()?^$\\|+*\[\]-]{1,200}", re.ASCII)
# Sentry's word for where the name of a transaction comes from; of the others, `url` is the path itself.
NAMED_BY_CODE = {"route", "view", "component", "task"}
HEADERS = {"content-type": re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII), "content-length": re.compile(r"\d{1,12}")}
EVENT = ("event_id", "timestamp", "platform", "level", "release", "environment", "server_name", "sdk")
FRAME = ("filename", "function", "module", "lineno", "in_app", "pre_context", "context_line", "post_context")
# A request id may come from the caller, who could have made it of anything.
TAGS = {
    "request_id": re.compile(r"[0-9a-f-]{8,64}"),
    "celery_task_id": re.compile(r"[0-9a-f-]{8,64}"),
    "route": CODE_WORD,
}
MECHANISM = ("type", "handled", "exception_id", "parent_id", "is_exception_group")
TRACE = ("trace_id", "span_id")
RUNTIME = ("name", "version")
FRAME_LINE = re.compile(r'  File "[^"\n]+\.py", line \d+, in [\w<>.]+', re.ASCII)


def some(fields: Fields | None, names: Iterable[str]) -> dict[str, Any]:
    """Return the named fields of those that are there."""
    return {name: fields[name] for name in names if name in fields} if fields else {}


def code_word(value: object) -> str:
    """Return a name that code gave, or UNMATCHED for anything else."""
    return value if isinstance(value, str) and CODE_WORD.fullmatch(value) else UNMATCHED


def method(value: object) -> str:
    """Return the method of a request; what a caller made up is `other`."""
    return METHODS.get(str(value), OTHER_METHOD)


def event(given: Fields) -> dict[str, Any]:
    """Return what may be sent of an event that Sentry's library made of an exception."""
    source = (given.get("transaction_info") or {}).get("source")
    place = code_word(given.get("transaction")) if source in NAMED_BY_CODE else UNMATCHED
    contexts = given.get("contexts") or {}
    sent = some(given, EVENT) | {
        "transaction": place,
        "transaction_info": {"source": source if source in NAMED_BY_CODE else "custom"},
        "tags": {name: tag for name, tag in some(given.get("tags"), TAGS).items() if TAGS[name].fullmatch(str(tag))},
        "contexts": {"trace": some(contexts.get("trace"), TRACE), "runtime": some(contexts.get("runtime"), RUNTIME)},
        "exception": {"values": [exception(one) for one in values(given, "exception")]},
        "breadcrumbs": {"values": [statement(one) for one in values(given, "breadcrumbs") if is_statement(one)]},
    }
    if number := (given.get("user") or {}).get("id"):
        sent["user"] = {"id": code_word(number)}
    if request := given.get("request"):
        sent["request"] = {"method": method(request.get("method")), "url": place, "headers": headers(request)}
    return sent


def values(given: Fields, name: str) -> list[Fields]:
    """Return the list of one of Sentry's interfaces."""
    found = given.get(name) or {}
    return list(found.get("values") or ()) if isinstance(found, Mapping) else []


def exception(given: Fields) -> dict[str, Any]:
    """Return type and frames; its message, which quotes the value that did not fit, is its type again."""
    kind = code_word(given.get("type"))
    frames = ((given.get("stacktrace") or {}).get("frames")) or []
    return {
        "type": kind,
        "value": kind,
        "module": code_word(given.get("module")),
        "mechanism": some(given.get("mechanism"), MECHANISM),
        "stacktrace": {"frames": [some(frame, FRAME) for frame in frames]},
    }


def is_statement(crumb: Fields) -> bool:
    """Whether a breadcrumb is about a statement to the database; no other kind is sent."""
    return crumb.get("category") == "query"


def statement(crumb: Fields) -> dict[str, Any]:
    """Return the breadcrumb with its statement, without values."""
    return some(crumb, ("timestamp", "type", "category", "level")) | {"message": without_values(crumb.get("message"))}


def headers(request: Fields) -> dict[str, str]:
    """Return the few headers that say what kind of body came."""
    found = {str(name).lower(): str(value) for name, value in dict(request.get("headers") or {}).items()}
    return {name: match[0] for name, shape in HEADERS.items() if (match := shape.match(found.get(name, "")))}


def frames_only(trace: object) -> str:
    """Return the lines of a printed traceback that say where, without the messages between them."""
    return "\n".join(line for line in str(trace).splitlines() if FRAME_LINE.fullmatch(line))
