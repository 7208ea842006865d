"""Which LOINC codes are vital signs that White Cross charts, under which name, in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from records.fhir.coding import LOINC, Concept
from records.fhir.element import Element
from records.fhir.units import CELSIUS, CM, KG, KG_PER_M2, MMHG, PER_MINUTE, PERCENT, find_unit, to_stored
from records.vital_limits import LIMITS

# Body mass index as the source reported it. It is kept beside the record; the charted one is computed from height and
# weight, so it has no limits of its own here but those of any positive number.
REPORTED_BMI: Final = "bmi"


@dataclass(frozen=True, slots=True)
class Charted:
    """Where a LOINC code is charted; `method` is kept where it changes how the value is read."""

    key: str
    unit: str
    words: str
    method: str = ""


def _same(key: str, unit: str, words: str, *codes: str) -> dict[str, Charted]:
    return {code: Charted(key, unit, words) for code in codes}


# loinc.org; the first code of each line is the one of the FHIR R4 vital signs profile.
CHARTED: Final[dict[str, Charted]] = {
    # Measured, stated, estimated height.
    **_same("height_cm", CM, "height", "8302-2", "3137-7", "3138-5", "8301-4"),
    # Length of a lying child is 0.7 to 0.8 cm more than standing height (CDC and WHO), so growth must know.
    "8306-3": Charted("height_cm", CM, "height", "recumbent_length"),
    # Measured, stated, estimated, with and without clothes.
    **_same("weight_kg", KG, "weight", "29463-7", "3141-9", "3142-7", "8335-2", "8350-1", "8351-9"),
    **_same(REPORTED_BMI, KG_PER_M2, "BMI", "39156-5"),
    # Unspecified, oral, rectal, axillary, tympanic, temporal artery, bladder, core.
    **_same(
        "temperature_c", CELSIUS, "temperature",
        "8310-5", "8331-1", "8332-9", "8328-7", "8333-7", "75539-7", "8334-5", "8329-5",
    ),
    # Unspecified, by oximeter, by palpation.
    **_same("heart_rate", PER_MINUTE, "heart rate", "8867-4", "8889-8", "8893-0"),
    **_same("respiratory_rate", PER_MINUTE, "respiratory rate", "9279-1"),
    # Arterial blood, by pulse oximetry.
    **_same("oxygen_saturation", PERCENT, "oxygen saturation", "2708-6", "59408-5"),
    # Unspecified, sitting, standing, supine.
    **_same("systolic", MMHG, "systolic pressure", "8480-6", "8459-0", "8460-8", "8461-6"),
    **_same("diastolic", MMHG, "diastolic pressure", "8462-4", "8453-3", "8454-1", "8455-8"),
    # Occipital-frontal, the same by tape measure.
    **_same("head_circumference_cm", CM, "head circumference", "9843-4", "8287-5"),
}  # fmt: skip

# Panels whose parts are charted: blood pressure (now and before 2017), vital signs (now and before).
PANELS: Final = frozenset({"85354-9", "55284-4", "85353-1", "34565-2"})


@dataclass(frozen=True, slots=True)
class VitalValue:
    """One vital sign in the unit it is stored in, with what the source sent."""

    key: str
    value: float | int
    sent_value: float | int
    sent_unit: str
    method: str = ""


def charted(concept: Concept) -> Charted | None:
    """Return where an observation with this code is charted, by any of its LOINC codings."""
    for coding in concept.codings:
        if coding.system == LOINC and coding.code in CHARTED:
            return CHARTED[coding.code]
    return None


def is_panel(concept: Concept) -> bool:
    """Tell whether the code is that of a panel of vital signs."""
    return any(coding.system == LOINC and coding.code in PANELS for coding in concept.codings)


def read_vital(quantity: Element, place: Charted) -> VitalValue | None:
    """Read a Quantity as that vital sign; an unknown unit and an impossible value are noted as problems."""
    value = quantity.number("value")
    if value is None:
        if "value" not in quantity:
            quantity.refuse("value", f"{place.words} without a number")
        return None
    code, written = quantity.text("code"), quantity.text("unit")
    unit = find_unit(code, written)
    if unit is None or unit.stored != place.unit:
        named = code or written
        quantity.refuse(
            "code" if code else "unit",
            f"unknown unit {named!r} for {place.words}" if named else f"{place.words} without a unit",
        )
        return None
    stored = to_stored(value, unit)
    low, high = LIMITS.get(place.key, (0, 1000))
    if not low <= stored <= high:
        quantity.refuse(
            "value", f"{value:g} {written or code} is not possible for {place.words} ({low:g} to {high:g} {place.unit})"
        )
        return None
    return VitalValue(place.key, stored, value, written or code, place.method)
