"""What in a set of vital signs a nurse should look at twice. Pure: no Django, no database.

Two different things, never mixed: a *flag* says that a value is alarming for the age (it is stored and shown), an
*implausible* value is one that was probably typed wrong (the nurse is asked once, and may say yes).

Sources: heart and breathing rates awake, and hypotension: AHA PALS 2020 vital sign tables. Hypertension stage 2 from
13 years, and in any child at 140/90: Flynn et al., AAP clinical practice guideline, Pediatrics 2017;140(3):e20171904.
Fever 38.0 degC: AAP and CDC (100.4 degF). Hypothermia 35.0 degC: CDC. Low oxygen 90 %: WHO, Oxygen therapy for
children, 2016. The question about 106 degF comes from the design of the vitals form.
"""

from collections.abc import Mapping
from itertools import pairwise

# (from this age in years, lowest, highest) awake.
HEART_RATE = ((0, 100, 180), (1, 98, 140), (3, 80, 120), (6, 75, 118), (12, 60, 100))
BREATHING = ((0, 30, 53), (1, 22, 37), (3, 20, 28), (6, 18, 25), (12, 12, 20))

FLAGS = {
    "fever": "Fever",
    "low_temperature": "Low temperature",
    "fast_heart_rate": "Fast heart rate for the age",
    "slow_heart_rate": "Slow heart rate for the age",
    "fast_breathing": "Fast breathing for the age",
    "slow_breathing": "Slow breathing for the age",
    "low_blood_pressure": "Low blood pressure for the age",
    "high_blood_pressure": "High blood pressure (stage 2)",
    "low_oxygen": "Low oxygen saturation",
    "unknown_code": "Code not known to White Cross",
    "partial_date": "Date known only by year or month",
    "date_is_when_issued": "Date is when the result was issued",
    "recumbent_length": "Length measured lying down",
    "before_birth": "Dated before the student's birth",
}


def band(table: tuple[tuple[int, int, int], ...], age: int) -> tuple[int, int]:
    """Return lowest and highest of the last row that begins at or before the age."""
    for (_, low, high), (next_from, *_rest) in pairwise(table):
        if age < next_from:
            return low, high
    return table[-1][1], table[-1][2]


def lowest_systolic(age: int) -> int:
    """Return the systolic pressure below which a child is hypotensive (PALS 2020): 70 + 2 x age, 90 from ten years."""
    if age < 1:
        return 70
    return 90 if age >= 10 else 70 + 2 * age


def flags_for(vital: Mapping[str, float], age: int) -> list[str]:
    """Return the flags of a set of metric vital signs for a child of `age` completed years; keys of FLAGS."""
    flags = []
    if (value := vital.get("temperature_c")) is not None:
        flags += ["fever"] * (value >= 38.0) + ["low_temperature"] * (value < 35.0)
    if (value := vital.get("heart_rate")) is not None:
        low, high = band(HEART_RATE, age)
        flags += ["fast_heart_rate"] * (value > high) + ["slow_heart_rate"] * (value < low)
    if (value := vital.get("respiratory_rate")) is not None:
        low, high = band(BREATHING, age)
        flags += ["fast_breathing"] * (value > high) + ["slow_breathing"] * (value < low)
    systolic, diastolic = vital.get("systolic"), vital.get("diastolic")
    if systolic is not None and systolic < lowest_systolic(age):
        flags.append("low_blood_pressure")
    if (systolic is not None and systolic >= 140) or (diastolic is not None and diastolic >= 90):
        flags.append("high_blood_pressure")
    if (value := vital.get("oxygen_saturation")) is not None and value < 90:
        flags.append("low_oxygen")
    return flags


def implausible(vital: Mapping[str, float]) -> list[str]:
    """Return a question for each temperature and pressure that was probably typed wrong.

    Height and weight need the child and the last ones: records.plausibility.
    """
    questions = []
    if (temperature := vital.get("temperature_c")) is not None and temperature > 41.1:
        questions.append("The temperature is above 106 °F (41.1 °C).")
    systolic, diastolic = vital.get("systolic"), vital.get("diastolic")
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        questions.append("The diastolic pressure is not below the systolic one.")
    return questions
