"""What nurses write at visits to which a student does not come with a complaint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A kind of visit: its heading, and notes to choose from."""

    title: str
    notes: tuple[str, ...]


# The first is what most are found to be.
SCREENINGS = {
    "VISION": Visit(
        "Vision screening",
        (
            "Right 20/20, left 20/20. Pass.",
            "Right 20/25, left 20/20 with glasses. Pass.",
            "Right 20/40, left 20/50. Referred to an eye doctor, letter home.",
        ),
    ),
    "HEARING": Visit(
        "Hearing screening",
        (
            "All frequencies at 20 dB on both sides. Pass.",
            "Did not hear 4000 Hz at 20 dB on the left. Recheck in two weeks.",
            "Pass after a cold last month.",
        ),
    ),
    "DENTAL": Visit(
        "Dental screening",
        (
            "No visible decay.",
            "Sealants on the first molars.",
            "Decay in a lower molar, dental letter home.",
        ),
    ),
    "SCREENING": Visit(
        "Scoliosis screening",
        (
            "Forward bend symmetrical.",
            "Rib hump 4 degrees by scoliometer. Recheck in six months.",
            "Shoulders level. Pass.",
        ),
    ),
}
ROUTINE = {
    "CHECKUP": Visit(
        "Yearly checkup",
        (
            "Growth as expected. Eats breakfast, sleeps nine hours.",
            "No concerns. Immunization record reviewed.",
            "Screen time and bedtime discussed with the parent.",
            "Grew well since last year. Wears glasses.",
            "Picky eater; weight watched.",
        ),
    ),
    "PHYSICAL_EXAM": Visit(
        "Sports physical",
        (
            "Cleared without restriction.",
            "Cleared; heart sounds normal, no murmur.",
            "Cleared after the knee was seen by orthopedics.",
            "Cleared with inhaler at the side of the field.",
        ),
    ),
    "VITAL_SIGNS_CHECK": Visit(
        "Vital signs",
        (
            "Recheck as asked by the pediatrician.",
            "Checked before the field trip.",
            "",
            "Felt dizzy in line, better after lunch.",
            "Routine check.",
        ),
    ),
    "GROWTH_ASSESSMENT": Visit(
        "Growth assessment",
        (
            "Measured twice, values agree.",
            "Shoes off, same scale as last time.",
        ),
    ),
    "FOLLOW_UP": Visit(
        "Follow-up",
        (
            "Absent two days, well again.",
            "Ankle: walks without pain, back to gym.",
            "Stitches out, wound closed.",
            "Strep treated, no fever since yesterday.",
            "Cast off, full range of motion.",
        ),
    ),
    "CONSULTATION": Visit(
        "Talk with a parent",
        (
            "Mother asks about head lice; leaflet sent.",
            "Father will bring the new inhaler tomorrow.",
            "Care plan gone through with teacher and parent.",
            "Interpreter used; parent understands the plan.",
        ),
    ),
    "NUTRITION": Visit(
        "Nutrition",
        (
            "Lunch choices talked over; will bring fruit.",
            "Special diet order sent to the kitchen.",
        ),
    ),
    "COUNSELING": Visit(
        "Health education",
        (
            "Hand washing and cough etiquette.",
            "Inhaler technique shown and repeated back.",
            "Sleep and screens talked about.",
        ),
    ),
    "CHRONIC_CONDITION_REVIEW": Visit(
        "Care plan review",
        (
            "Plan renewed for the school year, signed by the physician.",
            "Triggers reviewed with the parent; plan unchanged.",
            "New orders filed, staff informed.",
        ),
    ),
    "MEDICATION_REVIEW": Visit(
        "Medication given",
        (
            "Given as ordered, no side effects.",
            "Given after lunch, swallowed with water.",
            "Came alone and on time.",
            "Had to be reminded by the teacher.",
            "Dose late by 20 minutes: assembly.",
        ),
    ),
    "LAB_RESULT": Visit(
        "Glucose check",
        (
            "Before lunch.",
            "Before gym; snack first.",
            "Shaky; juice given, rechecked after 15 minutes.",
            "After lunch, bolus by pump.",
            "Sensor disagrees, fingerstick taken.",
        ),
    ),
    "MENTAL_HEALTH": Visit(
        "Talk about how things are",
        (
            "Worried about a test and slept badly. Breathing exercise helped; back to class.",
            "Panic attack in the hallway, calm after 20 minutes with the counselor.",
            "Feels left out by classmates. Counselor informed with consent.",
            "Denies thoughts of self-harm. Safety plan reviewed.",
            "Parents separate; sees the counselor weekly.",
        ),
    ),
    "EMERGENCY_VISIT": Visit(
        "Emergency",
        (
            "911 called, transported with the care plan; parent met the ambulance.",
            "Seizure of four minutes, recovery position, awake after; parent took the student home.",
        ),
    ),
}
REASONS_IN_ERROR = (
    "Charted for the wrong student.",
    "Duplicate of an entry made the same day.",
    "Date typed wrong; charted again under the right day.",
)
WRONG_WEIGHT = "Weight typed in pounds, taken as kilograms."
DOCTORS = (
    "Dr. Priya Raman, Riverbend Pediatrics",
    "Dr. Thomas Lindgren, Family Medicine",
    "Dr. Ana Beltrán, Community Health Center",
    "Dr. Wei Zhang, Children's Clinic",
    "Dr. Amina Yusuf, Harborview Pediatrics",
    "Dr. Marcus Bell, Sports Medicine",
    "K. O'Donnell, PNP, School-Based Health Center",
)
