"""The service's settings, with addresses that fail and a task that does (urls.py, tasks.py)."""

from whitecross.settings import *  # noqa: F403

ROOT_URLCONF = "whitecross.tests.observed.urls"
CELERY_IMPORTS = ["whitecross.tests.observed.tasks"]
