"""Values of observations in words: what a nurse reads where nothing is charted."""

from __future__ import annotations

from records.fhir.coding import read_concept
from records.fhir.element import Element


def values_given(element: Element) -> list[str]:
    """Return the names of the value[x] fields that are there."""
    return [key for key in element.value if key.startswith("value") and key[5:6].isupper()]


def value_in_words(element: Element) -> str:
    """Return value[x] in words, with its unit; '' where there is none, or none that words can say."""
    for key in values_given(element):
        match key:
            case "valueQuantity" | "valueCodeableConcept" | "valueRange" | "valueRatio" | "valuePeriod":
                inner = element.child(key)
                return _composite(key, inner) if inner else ""
            case "valueString" | "valueDateTime" | "valueTime":
                return element.text(key, None)
            case "valueBoolean":
                return {True: "Yes", False: "No", None: ""}[element.boolean(key)]
            case "valueInteger":
                number = element.number(key)
                return "" if number is None else str(number)
    return ""


def _composite(key: str, value: Element) -> str:
    match key:
        case "valueQuantity":
            return _quantity(value)
        case "valueCodeableConcept":
            return read_concept(value).label
        case "valuePeriod":
            return _joined(" to ", value.text("start"), value.text("end"))
        case "valueRange":
            return _joined(" to ", *_quantities(value, "low", "high"))
        case _:
            return _joined(" : ", *_quantities(value, "numerator", "denominator"))


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, parts))


def _quantities(value: Element, *names: str) -> list[str]:
    return [_quantity(part) for part in map(value.child, names) if part]


def _quantity(quantity: Element) -> str:
    """Return comparator, number and unit; the number with the digits it came with, a whole one without '.0'."""
    number = quantity.number("value")
    if number is None:
        return ""
    digits = repr(number).removesuffix(".0")
    unit = quantity.text("unit") or quantity.text("code")
    return f"{quantity.text('comparator')}{digits}{'' if unit == '%' or not unit else ' '}{unit}"
