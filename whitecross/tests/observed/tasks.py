"""A task that fails with a child's data."""

from celery import shared_task

from whitecross.tests.observed.urls import NotForTheNurseError, ask


@shared_task
def task_fails(name: str, notes: str) -> None:
    """Fail with what was handed over in the message."""
    ask(name, notes)
    raise NotForTheNurseError(f"{name}: {notes}")
