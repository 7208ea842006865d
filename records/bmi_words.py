"""A body mass index in words for the nurse who has just measured: the number, its percentile, or why there is none."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from records.child_sizes import SEXES, Whose
from records.growth import Assessment, Children, Reason, Sex, WeightStatus, assess
from records.growth_words import percentile, status

NO_BMI = {
    (True, False): "No BMI without a weight.",
    (False, True): "No BMI without a height.",
}
NO_PERCENTILE = {
    Reason.SEX_UNKNOWN: "No percentile: the student's sex is not recorded, and the charts are for girls or boys.",
    Reason.ADULT: "No percentile: the charts end at 20 years.",
    Reason.NO_REFERENCE: "No percentile: no chart for children under 2 years is installed.",
    Reason.BEYOND_REFERENCE: "No percentile: no chart covers this age.",
}


@dataclass(frozen=True, slots=True)
class BmiWords:
    """`bmi` such as '17.2', `percentile` such as '72nd percentile'; empty where there is none, and `why` says it."""

    bmi: str = ""
    percentile: str = ""
    status: str = ""
    """The weight status in words; for the nurse's eyes, not for a screen that a class can see."""
    why: str = ""


def bmi_words(whose: Whose, on: date, height_cm: float | None, weight_kg: float | None) -> BmiWords:
    """Return what a height (cm) and weight (kg) of that day say together."""
    if height_cm is None or weight_kg is None:
        return BmiWords(why=NO_BMI.get((height_cm is not None, weight_kg is not None), ""))
    found = assessed(whose, on, height_cm, weight_kg)
    reason, category = Reason(int(found.bmi.reason[0])), int(found.weight_status[0])
    return BmiWords(
        bmi=f"{found.bmi_value[0]:.1f}",
        percentile="" if reason else f"{percentile(float(found.bmi.percentile[0]))} percentile",
        status=status(WeightStatus(category).word if category else None, (on - whose.born).days),
        why=NO_PERCENTILE.get(reason, ""),
    )


def assessed(whose: Whose, on: date, height_cm: float, weight_kg: float) -> Assessment:
    """Assess one visit."""
    [sex] = SEXES.get(whose.sex, (Sex.UNKNOWN,))
    children = Children.of_days(np.array([sex], dtype=np.uint8), np.array([(on - whose.born).days], dtype=np.int32))
    return assess(children, np.array([height_cm]), np.array([weight_kg]))
