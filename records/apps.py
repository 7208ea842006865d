"""The records app: what happened to the students."""

from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Health records, allergies, conditions and vaccinations."""

    name = "records"
    verbose_name = "Health records"

    def ready(self) -> None:
        """Connect what listens."""
        # Models exist from here on.
        for module in ("records.rollout", "records.refresh", "records.api.list_refresh"):
            import_module(module).watch()
