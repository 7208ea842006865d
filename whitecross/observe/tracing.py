"""Traces by OpenTelemetry: which request or task took how long, and where in it; by OTLP over HTTP.

Jaeger, Datadog, New Relic, Sentry and the OpenTelemetry collector understand it. The usual OTEL_ variables count:
headers with a key, the share of requests, the name of the service.
"""

import os
from collections.abc import Sequence
from multiprocessing.util import Finalize

from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from whitecross.observe.spans import scrubbed

SECONDS_TO_SEND = 2.0  # with all tries; a process that ends waits for one or two of these
# Asked every few seconds by whoever watches.
NOT_TRACED = "health/,metrics$"


class ScrubbedExporter(SpanExporter):
    """Sends spans that are made anew from what is allowed (spans.py)."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them."""
        return self.exporter.export([scrubbed(span) for span in spans])

    def shutdown(self) -> None:
        """End."""
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is waiting."""
        return self.exporter.force_flush(timeout_millis)


class OfARequestOrTask(Sampler):
    """Leaves out statements that belong to no request and no task, such as a worker's steady look for new tasks."""

    def __init__(self, otherwise: Sampler) -> None:
        self.otherwise = otherwise

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: trace.TraceState | None = None,
    ) -> SamplingResult:
        """Decide whether a span that begins is recorded."""
        alone = not trace.get_current_span(parent_context).get_span_context().is_valid
        if alone and kind is SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self.otherwise.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """Name it."""
        return f"OfARequestOrTask({self.otherwise.get_description()})"


def provider(exporter: SpanExporter) -> TracerProvider:
    """Return what makes spans and sends them by `exporter`, some at a time, in a thread of its own."""
    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "whitecross"}
    resource = Resource.create(name | {"deployment.environment.name": settings.ENVIRONMENT.value})
    made = TracerProvider(resource=resource)
    made.sampler = OfARequestOrTask(made.sampler)  # around what OTEL_TRACES_SAMPLER says
    made.add_span_processor(BatchSpanProcessor(ScrubbedExporter(exporter)))
    return made


def start() -> None:
    """Begin to trace this process. Before Django makes its middleware, to which this adds the first."""
    made = provider(OTLPSpanExporter(timeout=SECONDS_TO_SEND))
    trace.set_tracer_provider(made)
    # No baggage: it would carry a caller's own words on to tasks.
    set_global_textmap(TraceContextTextMapPropagator())
    DjangoInstrumentor().instrument(tracer_provider=made, excluded_urls=NOT_TRACED)
    PsycopgInstrumentor().instrument(tracer_provider=made)
    RedisInstrumentor().instrument(tracer_provider=made)
    celery = CeleryInstrumentor()  # type: ignore[no-untyped-call]
    celery.instrument(tracer_provider=made)
    # granian's processes are multiprocessing's, which run no atexit.
    Finalize(None, made.shutdown, exitpriority=10)
