"""What all rows of a measuring sheet have in common, and how heights and weights read in its units."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from records.models import HealthRecord
from records.plausibility import Last
from records.vital_signs import plain, shown_day, shown_height, shown_weight


@dataclass(frozen=True, slots=True)
class Round:
    """What all rows of a sheet have in common: the day, the unit of each sign, a note for each record."""

    date: datetime.date
    units: Mapping[str, str]
    note: str = ""
    weight_status: bool = False

    @property
    def eve(self) -> datetime.date:
        """The last day before it: what was known then is what a new value is compared with."""
        return self.date - datetime.timedelta(days=1)


def last_words(last: Last | None, round_: Round) -> list[str]:
    """Return the last height and weight in the sheet's units and their day: '4 ft 2 in, 60 lb' and 'Sep 3, 2025'."""
    if last is None:
        return []
    known = (("height", last.height_cm, last.height_on), ("weight", last.weight_kg, last.weight_on))
    found = [
        (shown_in(sign, value, round_.units[sign]), shown_day(day))
        for sign, value, day in known
        if value is not None and day is not None
    ]
    if len({day for _, day in found}) == 1:
        return [", ".join(words for words, _ in found), found[0][1]]
    return [f"{words}, {day}" for words, day in found]


def shown_in(sign: str, metric: float, unit: str) -> str:
    """Write a height or weight in one unit: 4 ft 2 in, 127 cm, 60 lb, 27.2 kg."""
    if unit in ("cm", "kg"):
        return f"{plain(Decimal(str(metric)), 1)}\u00a0{unit}"
    both = shown_height(metric) if sign == "height" else shown_weight(metric)
    return both.split(" (")[0]


def who_and_what(record: HealthRecord, round_: Round) -> str:
    """Write '4 ft 2 in, 60 lb by Nora Bennett at 10:02 AM'."""
    values = [
        shown_in(sign, value, round_.units[sign])
        for sign, value in (("height", record.height_cm), ("weight", record.weight_kg))
        if value is not None
    ]
    made_by = record.created_by
    who = (made_by.get_full_name() or made_by.get_username()) if made_by else "an import"
    at = timezone.localtime(record.created_at)
    return f"{', '.join(values)} by {who} at {at:%I:%M %p}".replace(" 0", " ")
