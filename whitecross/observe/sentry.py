"""Errors to Sentry, or to what understands its protocol: where it happened and of what kind, nothing of whom.

Only errors. Traces go by OpenTelemetry (tracing.py), which Sentry understands too.
"""

from multiprocessing.util import Finalize
from typing import Any, cast

import sentry_sdk
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations import Integration
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.transport import HttpTransport
from sentry_sdk.types import Event, Hint

from access.request_id import current_request_id
from whitecross.observe import scrub

SECONDS_TO_SEND = 2.0  # at the end of a process
STATEMENTS = 30  # that came before the exception


class EventsAlone(HttpTransport):
    """Sends events that `before_send` has made anew; no attachment, session, profile, log or header beside them."""

    def capture_envelope(self, envelope: Envelope) -> None:
        """Send what may be sent of an envelope, or nothing."""
        event = envelope.get_event()
        if event is not None:
            few = Envelope(headers=scrub.some(envelope.headers, ("event_id", "sent_at")))
            few.add_event(event)
            super().capture_envelope(few)


def before_send(event: Event, hint: Hint) -> Event:
    """Return the event with what is allowed. Should this fail, Sentry's library sends nothing."""
    return cast(Event, scrub.event(event))


def about_request(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Receive got_request_exception, before Sentry does: say which request it was, and whose, by number."""
    if request is None:
        return
    scope = sentry_sdk.get_isolation_scope()
    scope.set_tag("request_id", current_request_id())
    scope.set_tag("route", request.resolver_match.view_name if request.resolver_match else scrub.UNMATCHED)
    # A user that nobody has asked for yet would cost a statement, in a transaction that may have failed.
    user = getattr(request, "_cached_user", None) or getattr(request, "user", None)
    number = None if isinstance(user, SimpleLazyObject) else getattr(user, "pk", None)
    if number is not None:
        scope.set_user({"id": str(number)})


def integrations() -> list[Integration]:
    """Return the parts of Sentry's library in use. Left out are those that read command lines, logs and addresses."""
    return [
        DjangoIntegration(middleware_spans=False, signals_spans=False, cache_spans=False),
        CeleryIntegration(propagate_traces=False),
        ThreadingIntegration(propagate_scope=True),
        DedupeIntegration(),
        AtexitIntegration(),
    ]


def start() -> None:
    """Begin to report the errors of this process."""
    got_request_exception.connect(about_request, dispatch_uid="whitecross.observe.sentry")
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.ENVIRONMENT.value,
        transport=EventsAlone,
        before_send=before_send,
        integrations=integrations(),
        default_integrations=False,
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=STATEMENTS,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        spotlight=False,
        shutdown_timeout=SECONDS_TO_SEND,
    )
    # granian's processes are multiprocessing's, which run no atexit.
    Finalize(None, sentry_sdk.flush, kwargs={"timeout": SECONDS_TO_SEND}, exitpriority=10)
