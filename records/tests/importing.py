"""Running an import in a test: resources in, what became of them out."""

from __future__ import annotations

from pathlib import Path

from access.events import Actor, Door
from records.actions.import_fhir import import_fhir
from records.intake.report import Outcome, Report
from records.tests.fhir_examples import Resource, bundle, write
from students.models import School

COMMAND = Actor(None, Door.COMMAND)


def take(
    school: School, path: Path, *resources: Resource, name: str = "in.json", by: Actor = COMMAND, dry_run: bool = False
) -> Report:
    """Import the resources as one file at `path`."""
    path.mkdir(exist_ok=True)
    write(path / name, list(resources) if ".ndjson" in name else bundle(*resources))
    return import_fhir([path / name], school=school, by=by, dry_run=dry_run)


def outcomes(report: Report) -> dict[str, int]:
    """Return how many entries had each outcome, without the zeros."""
    totals = {outcome.value: report.total(outcome) for outcome in Outcome}
    assert report.read == sum(totals.values())
    return {outcome: count for outcome, count in totals.items() if count}


def reasons(report: Report) -> list[str]:
    """Return field and reason of each rejection."""
    return [f"{rejection['field']}: {rejection['reason']}" for rejection in report.rejections()]
