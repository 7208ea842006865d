"""The Celery application: workers and the beat schedule.

Tasks carry ids only, never a name, a number or a value (design.md, "Work in the background").
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whitecross.settings")

app = Celery("whitecross")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
