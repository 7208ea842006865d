"""The constants behind growth are the published ones, and nothing else is ever used in their place."""

from __future__ import annotations

import runpy
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from records.growth import Children, Measure, Reason, measurement_at, reference_files, scores, tables

TOOL = Path(settings.BASE_DIR) / "tools" / "make_growth_reference.py"


@pytest.fixture
def fresh_tables() -> Iterator[None]:
    """Read the tables again, and once more after the test."""
    tables.day_table.cache_clear()
    yield
    tables.day_table.cache_clear()


@pytest.fixture
def tool() -> dict[str, Any]:
    """The script that makes the reference files."""
    return runpy.run_path(str(TOOL))


def test_the_shipped_files_are_what_their_source_gives(tool: dict[str, Any]) -> None:
    made: Callable[[Path | None], dict[str, str]] = tool["made"]
    assert made(None) == {
        name: (reference_files.SHIPPED / name).read_text()
        for name in ("cdc2000.csv", "tanner_height_velocity.csv", "SHA256SUMS")
    }


def test_the_script_notices_another_number(
    tool: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(reference_files.SHIPPED, tmp_path, dirs_exist_ok=True)
    table = tmp_path / "cdc2000.csv"
    table.write_text(table.read_text().replace("86.04279268", "86.04279267"))
    main = tool["main"]
    main.__globals__["REFERENCE"] = tmp_path
    monkeypatch.setattr(sys, "argv", [str(TOOL)])
    assert main() == 1
    assert "cdc2000.csv" in capsys.readouterr().err


def test_cdcs_table_has_every_month_of_both_sexes() -> None:
    table = reference_files.shipped("cdc2000.csv")
    months = [*np.arange(23.5, 240), 240.0]
    for sex in (1, 2):
        assert table["age_months"][table["sex"] == sex].tolist() == months


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(reference_files.SHIPPED, tmp_path, dirs_exist_ok=True)
    table = tmp_path / "cdc2000.csv"
    table.write_text(table.read_text().replace("86.04279268", "96.04279268"))
    monkeypatch.setattr(reference_files, "SHIPPED", tmp_path)
    with pytest.raises(reference_files.DamagedReference, match=r"cdc2000\.csv"):
        reference_files.shipped("cdc2000.csv")


@pytest.mark.usefixtures("fresh_tables")
def test_without_whos_package_infants_have_no_answer_and_older_children_do(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reference_files, "WHO_PACKAGE", "a_package_that_is_not_installed")
    children = Children.of_days([1, 1], [400, 4000])
    found = scores(Measure.HEIGHT, children, [76.0, 140.0])
    assert found.reason.tolist() == [Reason.NO_REFERENCE, Reason.ANSWERED]
    assert np.isnan(found.z[0])
    assert measurement_at(Measure.HEIGHT, children, 0).reason.tolist() == [Reason.NO_REFERENCE, Reason.ANSWERED]
    assert "WHO" in caplog.text


@pytest.mark.usefixtures("fresh_tables")
def test_another_release_of_whos_tables_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    for name, _ in reference_files.WHO_FILES.values():
        (folder / name).write_bytes(b"other numbers")
    monkeypatch.setattr(reference_files, "who_folder", lambda: folder)
    assert scores(Measure.WEIGHT, Children.of_days([2], [100]), [6.0]).reason.tolist() == [Reason.NO_REFERENCE]
    assert "weianthro" in caplog.text


def test_whos_package_is_never_imported() -> None:
    scores(Measure.HEIGHT, Children.of_days([1], [100]), [60.0])
    assert not {"growthcleanpy", "pandas"} & set(sys.modules)
