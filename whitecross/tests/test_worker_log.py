"""What a worker logs: the digests of the audit trail's seals are its anchor outside the database."""

import logging

import pytest
from celery.app.log import Logging

from whitecross.celery import app


def test_a_worker_logs_what_the_settings_say_whatever_level_celery_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Logging, "_setup", False)
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    app.log.setup_logging_subsystem(loglevel="CRITICAL")
    assert (root.level, root.handlers) == (level, handlers)
