"""The metrics app: how the service itself does. It imports no model of the other apps."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Health probes and what operators see."""

    name = "metrics"
    verbose_name = "Metrics"
