"""The Celery application: workers and the beat schedule.

Tasks carry ids only, never a name, a number or a value of a child (docs/privacy.md).
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

from whitecross.observe import reporters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whitecross.settings")

app = Celery("whitecross")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_to_the_settings(**kwargs: Any) -> None:
    """Keep Celery from setting the root logger to WARNING, which would swallow the digests of the audit trail's seals.

    Celery sets up no logging of its own where this signal has a receiver.
    """


@worker_init.connect
@beat_init.connect
def report(**kwargs: Any) -> None:
    """Start the reporters that the environment switches on, in the worker or beat that begins."""
    reporters.start(settings.REPORTERS)
