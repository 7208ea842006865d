"""The metrics app: how the service itself does. It imports no model of another app and holds nothing of a child."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from access.signals import audited, cache_asked
from metrics.counting import begin_at_zero, count_audit, count_cache
from metrics.slow_queries import watch_statements


class MetricsConfig(AppConfig):
    """Probes, meters, and what operators see; listens to what the other apps tell about their work."""

    name = "metrics"
    verbose_name = "Metrics"

    def ready(self) -> None:
        """Begin to listen."""
        begin_at_zero()
        cache_asked.connect(count_cache, dispatch_uid="metrics.count_cache")
        audited.connect(count_audit, dispatch_uid="metrics.count_audit")
        connection_created.connect(watch_statements, dispatch_uid="metrics.watch_statements")
