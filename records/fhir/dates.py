"""FHIR dates and times: whole or partial, with the day as the source wrote it."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from records.fhir.element import Element

# https://hl7.org/fhir/R4/datatypes.html#dateTime, with seconds and zone optional because real senders leave them out.
DATE_TIME = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A FHIR date or dateTime.

    `date` is the day as written, in the writer's own zone: a shot given at 20:00 in Boston was given that day, whatever
    UTC says. Of a partial date (`2015`, `2015-06`) it is the first day, and `partial` is true. `at` is the instant,
    where the source gave a time and a zone.
    """

    text: str
    date: datetime.date
    latest: datetime.date
    at: datetime.datetime | None = None

    @property
    def partial(self) -> bool:
        """Tell whether the source gave only a year or a month."""
        return self.date != self.latest

    def is_after(self, now: datetime.datetime) -> bool:
        """Tell whether it lies in the future; of a partial date, whether its first day does."""
        return self.at > now if self.at else self.date > now.date()

    def is_before(self, day: datetime.date) -> bool:
        """Tell whether it lies before `day`; of a partial date, whether its last day does."""
        return self.latest < day


def parse_moment(text: str) -> Moment | None:
    """Return the moment that a FHIR date, dateTime or instant names, or None where it names none."""
    match = DATE_TIME.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        first = datetime.date(int(year), int(month or 1), int(day or 1))
        if day:
            latest = first
        else:
            last_month = int(month or 12)
            latest = datetime.date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])
        if hour is None:
            return Moment(text.strip(), first, latest)
        # FHIR allows second 60 for leap seconds, Python does not.
        clock = datetime.time(int(hour), int(minute), min(int(second or 0), 59))
        if not zone:
            return Moment(text.strip(), first, latest)
        offset = datetime.datetime.fromisoformat(f"2000-01-01T00:00:00{zone}").tzinfo
        at = datetime.datetime.combine(first, clock, offset).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(text.strip(), first, latest, at)


def moment(element: Element, key: str, now: datetime.datetime) -> Moment | None:
    """Read a date field that must not lie in the future; None where it is absent or refused."""
    text = element.text(key)
    if not text:
        return None
    found = parse_moment(text)
    if found is None:
        element.refuse(key, f"{text!r} is not a FHIR date (YYYY, YYYY-MM, YYYY-MM-DD or a full dateTime)")
    elif found.is_after(now):
        element.refuse(key, f"{found.text} lies in the future")
        return None
    return found


def choice_of_moments(element: Element, name: str, now: datetime.datetime) -> Moment | None:
    """Read `name`[x] given as a dateTime, an instant or a Period, of which the start counts."""
    for suffix in ("DateTime", "Instant"):
        if f"{name}{suffix}" in element:
            return moment(element, f"{name}{suffix}", now)
    period = element.child(f"{name}Period")
    return moment(period, "start", now) if period else None
