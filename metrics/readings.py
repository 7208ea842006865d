"""The meters of all processes together, read at one moment.

Processes of one machine share a folder (PROMETHEUS_MULTIPROC_DIR). Where they are spread over containers or machines,
METRICS_SCRAPE names their addresses; a name with several addresses, as Docker gives to replicas, means all of them.
"""

import http.client
import math
import socket
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import prometheus_client
from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from metrics.histogram import Histogram
from metrics.processes import forget_dead_processes, meter_folder

SCRAPE_SECONDS = 2.0
PATH = "/metrics"

Labels = tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What the meters showed: the samples of each name, equal ones of several places added up."""

    values: dict[str, dict[frozenset[tuple[str, str]], float]] = field(default_factory=dict)
    answered: int = 1
    silent: int = 0
    """How many of the addresses in METRICS_SCRAPE answered and how many did not."""

    def add(self, metrics: Iterable[Metric]) -> None:
        """Add the samples of one place."""
        for metric in metrics:
            for sample in metric.samples:
                labelled = self.values.setdefault(sample.name, defaultdict(float))
                labelled[frozenset(sample.labels.items())] += sample.value

    def sums(self, name: str, by: Labels = ()) -> dict[Labels, float]:
        """Return the sum of a counter or gauge for each combination of these labels' values."""
        found: dict[Labels, float] = defaultdict(float)
        for labels, value in self.values.get(name, {}).items():
            named = dict(labels)
            found[tuple(named[label] for label in by)] += value
        return dict(found)

    def total(self, name: str) -> float:
        """Return the sum of a counter or gauge over all its labels."""
        return sum(self.values.get(name, {}).values())

    def histograms(self, name: str, by: Labels) -> dict[Labels, Histogram]:
        """Return the histogram for each combination of these labels' values."""
        buckets: dict[Labels, dict[float, float]] = defaultdict(lambda: defaultdict(float))
        for labels, value in self.values.get(f"{name}_bucket", {}).items():
            named = dict(labels)
            buckets[tuple(named[label] for label in by)][float(named["le"])] += value
        totals = self.sums(f"{name}_sum", by)
        return {
            key: Histogram(tuple(sorted(found)), tuple(found[bound] for bound in sorted(found)), totals.get(key, 0.0))
            for key, found in buckets.items()
            if math.inf in found
        }


def read_meters() -> Reading:
    """Read the meters of every process that can be reached."""
    reading = Reading()
    if not settings.METRICS_SCRAPE:
        reading.add(registry().collect())
        return reading
    reading.answered = 0
    for host, port in addresses():
        try:
            text = scrape(host, port)
        except (OSError, http.client.HTTPException):
            reading.silent += 1
        else:
            reading.answered += 1
            reading.add(text_string_to_metric_families(text))
    return reading


def registry() -> CollectorRegistry:
    """Return the registry of this machine's processes."""
    if meter_folder() is None:
        return prometheus_client.REGISTRY
    forget_dead_processes()
    found = CollectorRegistry()
    MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    return found


def addresses() -> list[tuple[str, int]]:
    """Return host and port of every place in METRICS_SCRAPE, each name with all its addresses; unknown names as is."""
    found: dict[tuple[str, int], None] = {}
    for place in settings.METRICS_SCRAPE:
        host, _, port = place.rpartition(":")
        try:
            answers = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
        except socket.gaierror:
            found[host, int(port)] = None
        else:
            found.update({(str(answer[4][0]), int(port)): None for answer in answers})
    return list(found)


def scrape(host: str, port: int) -> str:
    """Return what a process says at /metrics. Raises OSError or HTTPException where it says nothing of use."""
    connection = http.client.HTTPConnection(host, port, timeout=SCRAPE_SECONDS)
    try:
        # By an address that ALLOWED_HOSTS lets in for the health check.
        connection.request("GET", PATH, headers={"Host": "127.0.0.1"})
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise http.client.HTTPException(f"status {answer.status}")
        return answer.read().decode()
    finally:
        connection.close()
