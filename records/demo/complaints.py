"""Why students come to the health office, and what nurses write about it: pieces, so that few notes are alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a student came: the heading, what the student says, what the nurse finds and does; and whom it befalls."""

    title: str
    says: tuple[str, ...]
    finds: tuple[str, ...]
    care: tuple[str, ...]
    only_with: str = ""
    girls: bool = False
    from_age: int = 0


ILLNESSES = (
    Complaint(
        "Headache",
        (
            "Headache since the second period",
            "Throbbing headache on one side, light hurts",
            "Headache after gym, drank little today",
        ),
        (
            "Alert, neck supple, pupils equal and reactive",
            "Walks steadily, no rash, no injury",
            "Looks tired, oriented",
        ),
        (
            "Water and 20 minutes in the dark room",
            "Snack and rest, felt better",
            "Ibuprofen as ordered, back to class after 30 minutes",
        ),
    ),
    Complaint(
        "Stomach ache",
        (
            "Stomach ache before the math test",
            "Cramps since breakfast, no vomiting",
            "Says the stomach hurts around the navel",
        ),
        (
            "Abdomen soft, no guarding, bowel sounds present",
            "Jumps without pain",
            "Pale, no fever, last bowel movement two days ago",
        ),
        (
            "Rested 15 minutes with a warm pack",
            "Used the bathroom, returned to class",
            "Parent called, picked up at noon",
        ),
    ),
    Complaint(
        "Fever and sore throat",
        (
            "Sore throat since last night, hurts to swallow",
            "Chills on the bus, no appetite",
            "Throat pain and headache, brother had strep",
        ),
        (
            "Throat red, tonsils enlarged with exudate",
            "Flushed, cervical nodes tender",
            "Throat mildly red, no exudate, voice hoarse",
        ),
        (
            "Parent called, sent home until 24 hours without fever",
            "Advised a strep test at the doctor's",
            "Fluids, mask, waited in the isolation room",
        ),
    ),
    Complaint(
        "Cough and runny nose",
        ("Cough for three days, worse at night", "Runny nose and sneezing", "Barky cough since this morning"),
        (
            "Lungs clear on both sides, no retractions",
            "Scattered wheeze at the bases",
            "Clear nasal discharge, speaks in full sentences",
        ),
        (
            "Tissues, hand washing, back to class",
            "Inhaler as ordered, recheck clear after 15 minutes",
            "Parent informed, will see the pediatrician",
        ),
    ),
    Complaint(
        "Vomiting",
        ("Vomited once in the cafeteria", "Nausea since waking, vomited twice", "Threw up after running the mile"),
        ("Mucous membranes moist, abdomen soft", "Pale and clammy, better lying down", "No blood, no bile"),
        (
            "Sent home; back after 24 hours without vomiting",
            "Sips of water, picked up by the grandmother",
            "Rested, kept crackers down, back to class",
        ),
    ),
    Complaint(
        "Rash",
        ("Itchy rash on both arms", "Red spots noticed by the teacher", "Hives after recess, ate nothing new"),
        (
            "Raised wheals on the trunk, no swelling of lips, lungs clear",
            "Dry patches in the elbow creases",
            "Ring-shaped lesion on the forearm",
        ),
        (
            "Cool compress, emollient from home",
            "Antihistamine as ordered, watched for an hour",
            "Covered, letter about ringworm to the parent",
        ),
    ),
    Complaint(
        "Red eye",
        (
            "Eye itches and was glued shut this morning",
            "Something in the left eye since woodshop",
            "Both eyes watery since the mowing outside",
        ),
        ("Conjunctiva red with yellow discharge", "No foreign body seen, vision 20/20", "Lids swollen, clear tearing"),
        (
            "Parent called, to be seen for pink eye",
            "Rinsed with saline for five minutes",
            "Cool compress, allergy drops as ordered",
        ),
    ),
    Complaint(
        "Ear ache",
        ("Right ear hurts since swimming", "Ear ache and a cold for a week"),
        ("Pain when the outer ear is pulled", "Eardrum dull and red, no discharge"),
        ("Warm pack, parent will call the doctor", "Acetaminophen as ordered, back to class"),
    ),
    Complaint(
        "Asthma symptoms",
        ("Chest tight after running in the cold", "Wheezing since recess"),
        ("Expiratory wheeze, rate raised, no retractions, peak flow 75 % of best", "Mild wheeze, speaks in sentences"),
        ("Albuterol 2 puffs with spacer, clear after 20 minutes", "Albuterol as ordered, rested, parent informed"),
        only_with="asthma",
    ),
    Complaint(
        "Menstrual cramps",
        ("Cramps since this morning", "Cramps and back pain"),
        ("Uncomfortable, no fever", "Abdomen soft"),
        ("Heat pack and rest", "Ibuprofen as ordered, supplies given"),
        girls=True,
        from_age=11,
    ),
)
INJURIES = (
    Complaint(
        "Scraped knee",
        ("Fell on the blacktop at recess", "Tripped on the stairs", "Slid into second base"),
        ("Abrasion 2 cm, bleeding stopped", "Superficial scrape with gravel", "Skin broken, joint moves freely"),
        ("Cleaned with soap and water, bandage", "Rinsed, gravel removed, covered", "Ice 10 minutes, back to class"),
    ),
    Complaint(
        "Bump on the head",
        ("Collided with another student in gym", "Hit the head on the monkey bars", "Ball to the forehead"),
        (
            "Hematoma 3 cm, no loss of consciousness, pupils equal",
            "Alert, remembers it all, no vomiting",
            "Headache 3 of 10, balance normal",
        ),
        (
            "Ice, concussion checklist negative, head injury letter home",
            "Watched for 30 minutes, parent called",
            "Out of gym today, parent to watch for 24 hours",
        ),
    ),
    Complaint(
        "Twisted ankle",
        ("Rolled the ankle playing soccer", "Landed badly in basketball", "Missed the last step"),
        (
            "Swelling over the outer ankle, bears weight",
            "Tender, no deformity, pulses present",
            "Cannot take four steps",
        ),
        (
            "Ice, elevation, elastic wrap",
            "Wheelchair to the car, parent takes to urgent care",
            "Rest from gym for a week",
        ),
    ),
    Complaint(
        "Jammed finger",
        ("Basketball to the fingertip", "Finger caught in the locker door"),
        ("Swollen middle joint, bends halfway", "Nail bed bruised, sensation intact"),
        ("Ice and buddy tape", "Splint, parent called for an X-ray"),
    ),
    Complaint(
        "Nosebleed",
        ("Nose started bleeding in class", "Bumped the nose on the slide"),
        ("Bleeding from the left side, stopped after 8 minutes", "No deformity, no clots"),
        ("Leaned forward, pressure for ten minutes", "Pressure, petroleum jelly, back to class"),
    ),
    Complaint(
        "Splinter",
        ("Splinter from the bench", "Splinter from the playground chips"),
        ("Wood splinter 5 mm in the palm", "Tip visible, no redness"),
        ("Removed whole, cleaned, bandage", "Soaked, removed with tweezers"),
    ),
    Complaint(
        "Broken tooth",
        ("Fell on the playground, tooth feels sharp", "Elbow to the mouth in gym"),
        ("Upper incisor chipped, not loose", "Lip cut inside, tooth slightly loose"),
        ("Fragment in milk, parent called, dentist today", "Ice, soft food, dentist informed"),
    ),
    Complaint(
        "Insect sting",
        ("Stung at recess", "Bee sting on the neck"),
        ("Local swelling 2 cm, no hives, lungs clear", "Stinger seen, redness around it"),
        ("Stinger scraped off, ice, watched for 30 minutes", "Cool pack, parent informed"),
    ),
)
