"""Background work of the monitoring; and, for the worker that loads this, its account of itself."""

from celery import shared_task

from metrics import in_worker, samples
from metrics.readings import read_meters

__all__ = ["in_worker", "keep_sample"]


@shared_task(ignore_result=True)
def keep_sample() -> None:
    """Keep the meters as they stand now, for the operators' page; every 30 seconds."""
    samples.keep(read_meters())
