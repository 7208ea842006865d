"""The access app: who may see what, and who looked."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from access.grants import grant_service_role


class AccessConfig(AppConfig):
    """Grants the service's database role its rights after each migration."""

    name = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        """Connect what must follow every migration."""
        post_migrate.connect(grant_service_role, dispatch_uid="access.grant_service_role")
