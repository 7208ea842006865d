"""The records app: what happened to the students."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Health records, allergies, conditions and vaccinations."""

    name = "records"
    verbose_name = "Health records"
