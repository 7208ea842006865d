"""Entries come out of files of any kind one by one, and what cannot be read says why."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.fhir.assembly import DEEPEST, BundleAssembly
from records.fhir.files import find_files
from records.fhir.stream import Entry, Rejection, SourceReader
from records.tests.fhir_examples import bundle, observation, patient, write

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(path: Path) -> tuple[list[Entry], list[Rejection]]:
    """Return the entries and the rejections of everything at the path."""
    found = [found for source in find_files([path]).sources for found in SourceReader(source)]
    return [e for e in found if isinstance(e, Entry)], [r for r in found if isinstance(r, Rejection)]


def kinds(entries: list[Entry]) -> list[str]:
    return [entry.resource["resourceType"] for entry in entries]


@given(
    entries=st.lists(values, max_size=6), chunk=st.integers(1, 64), rest=st.dictionaries(st.text(), values, max_size=3)
)
def test_entries_are_the_same_whatever_the_size_of_the_chunks(
    entries: list[Any], chunk: int, rest: dict[str, Any]
) -> None:
    document = {**rest, "resourceType": "Bundle", "entry": entries, "type": "batch"}
    assembly = BundleAssembly(io.BytesIO(json.dumps(document).encode()), chunk=chunk)
    assert list(assembly.entries()) == entries
    assert assembly.top == document | {"entry": []}


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.ndjson", "a.ndjson.gz"])
def test_it_reads_bundles_and_lines_plain_and_compressed(tmp_path: Path, name: str) -> None:
    both = [patient(), observation()]
    write(tmp_path / name, both if ".ndjson" in name else bundle(*both))
    entries, rejections = read(tmp_path)
    assert kinds(entries) == ["Patient", "Observation"]
    assert not rejections
    assert [entry.place.number for entry in entries] == [1, 2]
    assert entries[0].place.by_line is (".ndjson" in name)


def test_it_reads_a_single_resource_and_a_utf8_mark(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(patient()).encode())
    assert kinds(read(tmp_path)[0]) == ["Patient"]


def test_it_knows_the_type_of_a_bundle_that_names_it_after_its_entries(tmp_path: Path) -> None:
    text = json.dumps({"entry": [{"resource": patient()}], "type": "history", "resourceType": "Bundle"})
    (tmp_path / "late.json").write_text(text)
    (source,) = find_files([tmp_path]).sources
    reader = SourceReader(source)
    assert len(list(reader)) == 1
    assert reader.bundle_type == "history"


def test_a_list_resource_is_one_entry_though_it_has_entries_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "list.json", {"resourceType": "List", "entry": [{"item": {"reference": "Patient/1"}}]})
    assert kinds(read(tmp_path)[0]) == ["List"]


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    write(tmp_path / "b.json", bundle(observation(value=109.65600769223768)))
    (entry,), _ = read(tmp_path)
    assert entry.resource["valueQuantity"]["value"] == 109.65600769223768


def test_whole_entries_before_a_break_are_kept(tmp_path: Path) -> None:
    whole = json.dumps(bundle(patient(), observation(), observation("29463-7", 30, "kg")))
    (tmp_path / "cut.json").write_text(whole[: whole.rindex("valueQuantity")])
    entries, (rejection,) = read(tmp_path)
    assert kinds(entries) == ["Patient", "Observation"]
    assert rejection.as_json()["entry"] == 3
    assert "ends in the middle" in rejection.reason


def test_a_broken_line_loses_no_other(tmp_path: Path) -> None:
    lines = [json.dumps(patient()), '{"resourceType": "Obs', "", json.dumps(observation()), '["no resource"]']
    (tmp_path / "bulk.ndjson").write_text("\n".join(lines))
    entries, rejections = read(tmp_path)
    assert kinds(entries) == ["Patient", "Observation"]
    assert [rejection.as_json()["line"] for rejection in rejections] == [2, 5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (json.dumps(bundle(patient())).encode("utf-16"), "UTF-16"),
        (json.dumps(bundle(patient())).encode("utf-16-le"), "UTF-16"),
        ('{"resourceType": "Patient", "name": "Zoë"}'.encode("latin-1"), "not UTF-8"),
        (b"[1, 2]", "must be a Bundle or a resource, is a list"),
        (b"7", "must be a Bundle or a resource, is a number"),
        (b'{"resourceType": "Bundle", "entry": {"resource": {}}}', "must be a list, is an object"),
        (b'{"resourceType": "Bundle", "entry": []} {}', "something follows the end"),
        (b'{"a": 1]', "not valid JSON"),
        (b'{"a": NaN}', "not valid JSON"),
        (b'{"a": "\\udc00"}', "half of a surrogate pair"),
        (gzip.compress(b'{"resourceType": "Patient"}' * 99, mtime=0)[:40], "compressed file is damaged or cut off"),
    ],
)
def test_an_unreadable_file_is_one_rejection_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    entries, (rejection,) = read(tmp_path)
    assert entries == []
    assert reason in rejection.reason
    assert rejection.place.file.endswith("bad.json")


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"request": {"method": "DELETE", "url": "Patient/1"}}, "request.method"),
        ({"fullUrl": "urn:uuid:1"}, "resource"),
        ({"resource": "Patient/1"}, "resource"),
        (None, "entry"),
        (17, "entry"),
    ],
)
def test_an_entry_without_a_resource_is_rejected_and_the_next_is_read(tmp_path: Path, entry: Any, field: str) -> None:
    write(tmp_path / "b.json", {"resourceType": "Bundle", "entry": [entry, {"resource": patient()}]})
    entries, (rejection,) = read(tmp_path)
    assert kinds(entries) == ["Patient"]
    assert rejection.as_json() | {"reason": ""} == {
        "file": f"{tmp_path.name}/b.json", "entry": 1, "field": field, "reason": "",
    }  # fmt: skip


def test_an_entry_nested_without_end_is_rejected_in_little_memory(tmp_path: Path) -> None:
    deep = "[" * 200_000 + "]" * 200_000
    text = json.dumps(bundle(patient(), patient(name="DEEP"), observation())).replace('"DEEP"', deep)
    (tmp_path / "deep.json").write_text(text)
    tracemalloc.start()
    entries, (rejection,) = read(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kinds(entries) == ["Patient", "Observation"]
    assert rejection.place.number == 2
    assert "nested deeper" in rejection.reason
    assert peak < 5_000_000


def test_nesting_up_to_the_bound_is_read() -> None:
    value: Any = 1
    for _ in range(DEEPEST - 3):  # inside: document, list, entry
        value = [value]
    assembly = BundleAssembly(io.BytesIO(json.dumps({"entry": [{"x": value}]}).encode()))
    assert list(assembly.entries()) == [{"x": value}]


def test_a_line_without_end_is_rejected_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.fhir.stream.LONGEST_LINE", 1000)
    (tmp_path / "b.ndjson").write_text(json.dumps({"x": "y" * 5000}) + "\n" + json.dumps(patient()))
    entries, (rejection,) = read(tmp_path)
    assert kinds(entries) == ["Patient"]
    assert "longer than" in rejection.reason


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak_of(count: int) -> int:
        path = write(tmp_path / f"{count}.json", bundle(*[observation(id=f"o{n}") for n in range(count)]))
        (source,) = find_files([path]).sources
        tracemalloc.start()
        for _ in SourceReader(source):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_of(1)  # what the first reading imports and caches is not counted
    assert peak_of(8000) < 1.5 * peak_of(400)


def test_files_are_found_in_order_once_and_others_are_counted(tmp_path: Path) -> None:
    for name in ("b/2.json", "b/10.ndjson.gz", "a/1.JSON.GZ", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_files([tmp_path, tmp_path / "b" / "2.json", tmp_path / "missing"])
    assert [source.path.name for source in found.sources] == ["1.JSON.GZ", "10.ndjson.gz", "2.json"]
    assert found.others == 1
    assert found.missing == (str(tmp_path / "missing"),)
