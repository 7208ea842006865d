"""The project: settings, URLs and the parts that know every app."""

from whitecross.celery import app as celery_app

__all__ = ["celery_app"]
