"""One span, made anew from what may leave; the same rule as for events (scrub.py)."""

from collections.abc import Callable, Mapping

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status
from opentelemetry.util.types import AttributeValue

from metrics.slow_queries import without_values
from whitecross.observe.scrub import UNMATCHED, code_word, frames_only, method

Attributes = Mapping[str, AttributeValue]

RESOURCE = ("service.", "deployment.", "telemetry.", "cloud.", "k8s.", "container.")
NUMBERS = (bool, int, float)
STATEMENT = ("db.statement", "db.query.text")


def number(value: object) -> AttributeValue | None:
    """Return a number."""
    return value if isinstance(value, NUMBERS) else None


def word(value: object) -> AttributeValue | None:
    """Return a word of code."""
    found = code_word(value)
    return None if found == UNMATCHED else found


ALLOWED: dict[str, Callable[[object], AttributeValue | None]] = {
    # Requests: old names and new (OTEL_SEMCONV_STABILITY_OPT_IN).
    "http.method": method,
    "http.request.method": method,
    "http.route": word,
    "http.status_code": number,
    "http.response.status_code": number,
    "http.scheme": word,
    "url.scheme": word,
    "http.flavor": word,
    "network.protocol.version": word,
    "error.type": word,
    # PostgreSQL and Redis.
    "db.system": word,
    "db.system.name": word,
    "db.name": word,
    "db.namespace": word,
    "db.redis.database_index": number,
    "db.redis.args_length": number,
    "db.redis.pipeline_length": number,
    # Tasks.
    "celery.action": word,
    "celery.state": word,
    "celery.task_name": word,
    "messaging.destination": word,
    "messaging.destination.name": word,
    "messaging.message.id": word,
}


def scrubbed(span: ReadableSpan) -> ReadableSpan:
    """Return the span with its times, its place in the tree, and what of its attributes is allowed."""
    given = span.attributes or {}
    return ReadableSpan(
        name=name_of(span, given),
        context=without_state(span.context),
        parent=without_state(span.parent),
        resource=resource(span.resource),
        attributes=attributes(given),
        events=[about(event) for event in span.events if event.name == "exception"],
        links=[Link(context) for link in span.links if (context := without_state(link.context))],
        kind=span.kind,
        status=Status(span.status.status_code),  # its description is a message
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def name_of(span: ReadableSpan, given: Attributes) -> str:
    """Return a name: method and route of a request, the first word of a statement, what is done with which task."""
    if span.kind is SpanKind.SERVER:
        return f"{method(given.get('http.method') or given.get('http.request.method'))} {route(given)}"
    if "celery.task_name" in given:
        return code_word(span.name)
    return command(span.name)


def route(given: Attributes) -> str:
    """Return the pattern of the address; never the address."""
    return code_word(given.get("http.route", "")) if given.get("http.route") != "" else "/"


def command(text: object) -> str:
    """Return the first word of a statement or of a command to Redis, whose keys come after it."""
    words = str(text).split(maxsplit=1)
    return words[0].upper() if words and words[0].isalpha() and words[0].isascii() else UNMATCHED


def attributes(given: Attributes) -> dict[str, AttributeValue]:
    """Return the attributes that are allowed, in the form in which they are."""
    kept: dict[str, AttributeValue] = {}
    for name, form in ALLOWED.items():
        if name in given and (value := form(given[name])) is not None:
            kept[name] = value
    for name in STATEMENT:
        if name in given:
            redis = "redis" in (given.get("db.system"), given.get("db.system.name"))
            kept[name] = command(given[name]) if redis else without_values(given[name])
    if "http.url" in given or "http.target" in given:
        kept["http.target"] = route(given)
    if "url.path" in given:
        kept["url.path"] = route(given)
    return kept


def about(event: Event) -> Event:
    """Return an exception's type and where it came from."""
    given = event.attributes or {}
    kind = code_word(given.get("exception.type"))
    return Event(
        "exception",
        {"exception.type": kind, "exception.stacktrace": frames_only(given.get("exception.stacktrace"))},
        event.timestamp,
    )


def without_state(context: SpanContext | None) -> SpanContext | None:
    """Return the numbers of trace and span, without what a caller wrote beside them."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)


def resource(given: Resource) -> Resource:
    """Return what the process is part of; not its command line, user or machine."""
    return Resource({name: value for name, value in given.attributes.items() if name.startswith(RESOURCE)})
