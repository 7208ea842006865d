"""What in a set of vital signs a nurse should look at twice. Pure: no Django, no database.

Two different things, never mixed: a *flag* says that a value is alarming for the age (it is stored and shown), an
*implausible* value is one that was probably typed wrong (the nurse is asked once, and may say yes).

Sources: heart and breathing rates awake, and hypotension: AHA PALS 2020 vital sign tables. Hypertension stage 2 from
13 years, and in any child at 140/90: Flynn et al., AAP clinical practice guideline, Pediatrics 2017;140(3):e20171904.
Fever 38.0 degC: AAP and CDC (100.4 degF). Hypothermia 35.0 degC: CDC. Low oxygen 90 %: WHO, Oxygen therapy for
children, 2016. The 15 % weight change and 106 degF questions come from the design of the vitals form.
"""

from collections.abc import Mapping
from itertools import pairwise

# (from this age in years, lowest, highest) awake.
HEART_RATE = ((0, 100, 180), (1, 98, 140), (3, 80, 120), (6, 75, 118), (12, 60, 100))
BREATHING = ((0, 30, 53), (1, 22, 37), (3, 20, 28), (6, 18, 25), (12, 12, 20))

# CDC's growth charts end at a BMI of 60 kg/m2 (extended BMI-for-age charts, 2022); half of the lowest 5th percentile
# of any age on the 2000 charts (13.7 kg/m2) is the other edge.
LOWEST_BMI, HIGHEST_BMI = 6.9, 60

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


def implausible(vital: Mapping[str, float], last: Mapping[str, float | None]) -> list[str]:
    """Return a question for each value that was probably typed wrong, given the last height and weight known."""
    questions = []
    weight, weight_before = vital.get("weight_kg"), last.get("weight_kg")
    if weight is not None and weight_before and abs(weight - weight_before) > 0.15 * weight_before:
        questions.append("The weight differs by more than 15 % from the last one. Pounds and kilograms mixed up?")
    height, height_before = vital.get("height_cm"), last.get("height_cm")
    if height is not None and height_before and height < height_before - 2:
        questions.append("The student is more than 2 cm (about 1 inch) shorter than last time.")
    if height is not None and height_before and height > height_before * 1.3:
        questions.append("The height grew by more than 30 % since last time. Inches and centimeters mixed up?")
    if height is None and weight is None:
        height_before = weight_before = None
    height, weight = height or height_before, weight or weight_before
    if height and weight and not LOWEST_BMI <= (bmi := weight / (height / 100) ** 2) <= HIGHEST_BMI:
        questions.append(f"Height and weight give a BMI of {bmi:.0f}. Check both numbers and their units.")
    if (temperature := vital.get("temperature_c")) is not None and temperature > 41.1:
        questions.append("The temperature is above 106 °F (41.1 °C).")
    systolic, diastolic = vital.get("systolic"), vital.get("diastolic")
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        questions.append("The diastolic pressure is not below the systolic one.")
    return questions
