"""The benchmark of the import: both sides write the same rows, and what was written is taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from loadtest.bench import imports
from loadtest.bench.imports import COLUMNS, World, clear, run
from records.models import HealthRecord, SearchEntry, SourceEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tiny generated district."""
    call_command("seed_district", students=12, schools=2, verbosity=0)
    for name, value in {"STUDENTS": 10, "RECORDS": 120, "VISITS": 30, "ROUNDS": 2}.items():
        monkeypatch.setattr(imports, name, value)
    # A few rows say nothing about speed: the control may be far off, and once is enough.
    monkeypatch.setattr("loadtest.bench.rounds.ATTEMPTS", 1)
    yield
    clear()


def test_copy_writes_the_very_rows_that_the_import_wrote(district: None, tmp_path: Path) -> None:
    world = World.made(tmp_path)
    found = HealthRecord.objects.filter(source="bench").order_by("pk")
    imported = list(found.values_list(*COLUMNS))
    assert len(imported) == world.records > 50
    assert SourceEntry.objects.count() == world.records
    world.copied()
    assert list(found.values_list(*COLUMNS)) == imported
    assert SearchEntry.objects.filter(pk__in=found.values("pk")).count() == world.records
    assert not SourceEntry.objects.exists()


def test_it_gives_the_ratios_that_are_asked_for_and_leaves_nothing(district: None) -> None:
    before = HealthRecord.objects.count()
    found = run()
    assert found["bench"] == "import"
    assert {"rows_vs_copy", "fhir_rows_vs_copy", "copy_vs_copy"} == found["ratios"].keys()
    assert all(ratio > 0 for ratio in found["ratios"].values())
    assert HealthRecord.objects.count() == before
