"""Import FHIR R4 files: every entry is created, updated, unchanged or rejected with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from access.events import Actor
from records.fhir.files import find_files
from records.fhir.resources import resource_type
from records.fhir.stream import Entry, Place, Rejection
from records.intake.batches import Batches
from records.intake.clinical import ClinicalWriter
from records.intake.items import ClinicalItem, clinical_item, person_item
from records.intake.links import Links
from records.intake.patients import PatientWriter
from records.intake.report import Report
from records.intake.survey import Surveyed, look_over
from records.intake.watching import Unwatched, Watcher
from records.tasks import growth_soon
from students.models import School


def import_fhir(
    paths: Iterable[Path], *, school: School, by: Actor, dry_run: bool = False, watcher: Watcher | None = None
) -> Report:
    """Import the files at `paths`, folders recursively; new students enrol at `school`. Return what became of it all.

    Two passes: Patients first, over all files, so that a bulk export may keep observations and patients apart. A
    batch is one transaction and rolls back alone; with `dry_run` everything does. Memory grows with the number of
    children (some 300 bytes each), not with their records.
    """
    report = Report()
    with transaction.atomic() if dry_run else nullcontext():
        surveyed = survey_all(paths, report, watcher or Unwatched())
        take_in(surveyed, school=school, by=by, report=report, watcher=watcher or Unwatched())
        growth_soon()
        if dry_run:
            transaction.set_rollback(True)
    return report


def survey_all(paths: Iterable[Path], report: Report, watcher: Watcher) -> list[Surveyed]:
    """Look through every file before anything is kept; note what is worth a remark."""
    found = find_files(paths)
    for path in found.missing:
        report.reject(Rejection(Place(path), "", "there is no such file or folder"))
    if found.others:
        report.note(f"Files that are neither .json nor .ndjson (each also .gz) were left alone: {found.others}.")
    watcher.begin("Looking through the files", len(found.sources))
    surveyed = []
    for source in found.sources:
        survey = look_over(source)
        if survey.note():
            report.note(survey.note())
        surveyed.append(survey)
        watcher.step()
    return surveyed


def take_in(surveyed: list[Surveyed], *, school: School, by: Actor, report: Report, watcher: Watcher) -> None:
    """Take in the Patients of all files, then everything about them."""
    started = timezone.now()
    links = Links()
    people = Batches(PatientWriter(by, school, links, started), report)
    watcher.begin("Students", sum(survey.persons_taken for survey in surveyed))
    for survey in surveyed:
        for entry in survey.persons():
            person = person_item(entry, started)
            if isinstance(person, Rejection):
                report.reject(person)
            else:
                people.add(person)
            watcher.step()
    people.flush()
    clinical = Batches(ClinicalWriter(by, links, started), report)
    watcher.begin("Records", sum(survey.entries - survey.persons_taken for survey in surveyed))
    for survey in surveyed:
        for found in survey.rest():
            item = judged(found, survey.refused, started)
            if isinstance(item, Rejection):
                report.reject(item)
            else:
                clinical.add(item)
            watcher.step()
    clinical.flush()


def judged(found: Entry | Rejection, refused: str, now: datetime.datetime) -> ClinicalItem | Rejection:
    """Read an entry; of a file that is refused as a whole, say so for each entry."""
    if isinstance(found, Rejection):
        return found
    if refused:
        return Rejection(found.place, "", refused, resource_type(found.resource))
    return clinical_item(found, now)
