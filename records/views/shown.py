"""The JSON of the health summary as a page shows it: days as dates, US units with metric beside, labels for codes."""

import datetime
from typing import Any
from uuid import UUID

from access.gate import Pass
from access.roles import Permission
from records.alarms import FLAGS
from records.growth_words import STATUSES, percentile
from records.models import HealthRecord
from records.vital_signs import shown_height, shown_temperature, shown_weight
from students.models import School, Student

COUNTED = ("heart_rate", "respiratory_rate", "systolic", "diastolic", "oxygen_saturation")


def may(look: Pass) -> dict[str, bool]:
    """Return what the page may offer this person."""
    return {
        "record_vitals": Permission.HEALTH_RECORD in look.permissions,
        "see_access_log": Permission.ACCESS_LOG_VIEW in look.permissions,
        "see_contacts": Permission.CONTACT_VIEW in look.permissions,
    }


def shown_summary(data: dict[str, Any]) -> dict[str, Any]:
    """Return the page's context: `summary`, `student`, `record_counts`, `as_of`. No statement is made."""
    summary = data | {
        "vaccinations": [dose | {"date": day(dose["date"])} for dose in data["vaccinations"]],
        "vitals": [shown_vitals(signs) for signs in data["vitals"]],
        "growth": data["growth"] and shown_latest(data["growth"]),
    }
    counts = sorted(data["record_counts"].items(), key=lambda count: (-count[1], count[0]))
    return {
        "summary": summary,
        "student": student_of(data["student"]),
        "record_counts": [(HealthRecord.Type(kind).label, number) for kind, number in counts],
        "as_of": datetime.datetime.fromisoformat(data["as_of"]),
    }


def shown_latest(growth: dict[str, Any]) -> dict[str, Any]:
    """Return the latest growth with its day as a date, and percentile and weight status in words."""
    status, share = growth["weight_status"], growth["bmi_percentile"]
    words = STATUSES.get(status, "")
    return growth | {
        "date": day(growth["date"]),
        "shown_percentile": percentile(share),
        # Only an adult has a weight status and no percentile.
        "shown_status": f"{words}, adult" if status and share is None else words,
    }


def student_of(header: dict[str, Any]) -> Student:
    """Return the summary's header as a Student, unsaved: the page needs its words, not another statement."""
    fields = {key: value for key, value in header.items() if key not in ("age", "school", "id", "birth_date")}
    return Student(
        id=UUID(header["id"]),
        birth_date=datetime.date.fromisoformat(header["birth_date"]),
        school=School(**(header["school"] | {"id": UUID(header["school"]["id"])})),
        **fields,
    )


def shown_vitals(signs: dict[str, Any]) -> dict[str, Any]:
    """Return a set of vital signs with its day as a date and its values in words under `shown`."""
    heart_rate, respiratory_rate, systolic, diastolic, saturation = (whole(signs[name]) for name in COUNTED)
    shown = {
        "height": "" if signs["height_cm"] is None else shown_height(signs["height_cm"]),
        "weight": "" if signs["weight_kg"] is None else shown_weight(signs["weight_kg"]),
        "temperature": "" if signs["temperature_c"] is None else shown_temperature(signs["temperature_c"]),
        "bp": f"{systolic or '–'}/{diastolic or '–'}" if systolic or diastolic else "",
        "heart_rate": heart_rate,
        "respiratory_rate": respiratory_rate,
        "oxygen_saturation": f"{saturation}%" if saturation else "",
        "bmi": "" if signs["bmi"] is None else f"{signs['bmi']:.1f}",
    }
    flags = [FLAGS.get(flag, flag) for flag in signs["flags"]]
    return signs | {"date": day(signs["date"]), "shown": shown, "flag_labels": flags}


def whole(number: float | None) -> str:
    """Write a count without a needless '.0'; nothing for None."""
    return "" if number is None else f"{number:g}"


def day(text: str | datetime.date | None) -> datetime.date | None:
    """Read an ISO day; a date and None stay what they are."""
    return datetime.date.fromisoformat(text) if isinstance(text, str) else text
