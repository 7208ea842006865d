"""Vital signs by API as most callers send them, read and answered without DRF: the same values, the same bytes.

Reading takes what VitalsBody would take, for sure and as it would; anything else is left to it. Answering writes what
RecordedVitalsSerializer would. records/tests/test_plain_vitals.py holds both to that.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, TypedDict

import orjson
from django.utils import timezone

from records.models import HealthRecord
from records.models.health_record import VITAL_COLUMNS
from records.vital_signs import KEYS, SPELLED, UNITS, Impossible, Measured, NotAMeasurement, measured

LONGEST_NOTE = 2_000
KNOWN = frozenset({"date", "note", *KEYS})
# Beyond these a number has more digits than VitalsBody takes, or is no vital sign.
SMALLEST, LARGEST = 1e-4, 10_000
METRIC = (*VITAL_COLUMNS, "head_circumference_cm")


class Taken(TypedDict):
    """The arguments of records.actions.record_vital_signs."""

    date: datetime.date
    signs: dict[str, Measured]
    note: str


def take(body: bytes) -> Taken | None:
    """Return what a plain body says; None where VitalsBody has to read it."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(sent, dict) or not sent.keys() <= KNOWN:
        return None
    note, day = sent.get("note", ""), sent.get("date")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or "\x00" in note or note != note.strip():
        return None
    try:
        signs = {sign: sign_of(sign, sent[sign]) for sign in KEYS if sign in sent}
        date = day_of(day)
    except ValueError:  # NotAMeasurement and Impossible too
        return None
    return {"date": date, "signs": signs, "note": note} if signs else None


def day_of(value: Any) -> datetime.date:
    """Read YYYY-MM-DD; raise ValueError for anything else, another spelling of ISO 8601 too."""
    if not isinstance(value, str) or len(value) != 10 or not value.replace("-", "").isdecimal():
        raise ValueError("no plain day")
    return datetime.date.fromisoformat(value)


def sign_of(sign: str, value: Any) -> Measured:
    """Read a vital sign: a plain number, or value and unit where the sign has several; raise ValueError otherwise."""
    units = UNITS[sign]
    if len(units) == 1:
        return measured(sign, plain_number(value), units[0])
    if not isinstance(value, dict) or value.keys() != {"value", "unit"} or not isinstance(value["unit"], str):
        raise NotAMeasurement("no value with its unit")
    return measured(sign, plain_number(value["value"]), SPELLED.get(value["unit"].lower(), value["unit"]))


def plain_number(value: Any) -> Decimal:
    """Return an int or float as DRF reads it, by its text; raise ValueError for true, text, the tiny and the huge."""
    if type(value) not in (int, float) or not (value == 0 or SMALLEST <= value <= LARGEST):
        raise Impossible("no plain number")
    return Decimal(str(value))


def told(record: HealthRecord, checks: list[str]) -> bytes:
    """Return the answer about a record that was just written."""
    answer: dict[str, Any] = {"id": record.pk, "date": record.date}
    typed = record.vital_typed
    for name in METRIC:
        number = getattr(record, name)
        answer[name] = int(number) if number is not None and number.is_integer() else number
    answer |= {
        "typed": typed and {sign: {"value": was["value"], "unit": was["unit"]} for sign, was in typed.items()},
        "note": record.notes,
        "confidential": record.confidential,
        "status": record.status,
        "reason": record.status_reason,
        "flags": record.flags,
        "source": record.source,
        "version": record.version,
        "created_at": moment(record.created_at),
        "updated_at": moment(record.updated_at),
        "checks": checks,
    }
    return orjson.dumps(answer)


def moment(at: datetime.datetime) -> str:
    """Write a moment in the service's time zone, as DRF does."""
    text = timezone.localtime(at).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
