"""Which reporters there are and which are switched on, each by its variable.

Nothing of a reporter is imported unless its variable is set: neither our module nor the package behind it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

LOCK = "requirements-observe.txt"


@dataclass(frozen=True, slots=True)
class Reporter:
    """One reporter: our module, the packages behind it, and what its variable looks like."""

    module: str
    packages: tuple[str, ...]
    address: re.Pattern[str]
    example: str


REPORTERS = {
    "SENTRY_DSN": Reporter(
        "whitecross.observe.sentry",
        ("sentry_sdk",),
        re.compile(r"https?://[^@/\s]+@[^@\s]+/\d+"),
        "https://key@sentry.example.org/1",
    ),
    "OTEL_EXPORTER_OTLP_ENDPOINT": Reporter(
        "whitecross.observe.tracing",
        ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http", "opentelemetry.instrumentation.django"),
        re.compile(r"https?://\S+"),
        "http://collector.example.org:4318",
    ),
}


def switched_on(addresses: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that are set, after checking that what they ask for can be done.

    Raises ImproperlyConfigured, before anything serves: a service that everybody believes to be reporting its errors
    and is not would be worse than one that does not start.
    """
    wanted = [name for name in REPORTERS if addresses.get(name)]
    for name in wanted:
        reporter = REPORTERS[name]
        if not reporter.address.fullmatch(addresses[name]):
            # Without the value: a DSN holds a key.
            raise ImproperlyConfigured(f"{name} is no address like {reporter.example}. Correct it, or leave it out.")
        if missing := next((package for package in reporter.packages if not installed(package)), None):
            raise ImproperlyConfigured(
                f"{name} is set, but the package {missing} is not installed. Install {LOCK} in the place of "
                f"requirements.txt (Dockerfile: --build-arg REQUIREMENTS={LOCK}), or leave {name} out."
            )
    return wanted


def installed(package: str) -> bool:
    """Whether the package could be imported; the package itself is not."""
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # of the package around it
        return False


def start(names: list[str]) -> None:
    """Start these reporters in this process; called once in each web process, worker and beat."""
    for name in names:
        import_module(REPORTERS[name].module).start()
