"""What a vital sign can be at all, in the unit it is stored in. Beyond it is a typing error, not a child.

These are the edges of what was ever measured in a living person, so that a crisis can always be charted; what is
merely alarming is accepted and flagged (alarms.py). Sources:

height       tallest and shortest documented people: 272 cm (R. Wadlow) and 54.6 cm (C. B. Dangi), Guinness World
             Records; low edge: length of an extremely preterm newborn, 20 cm (Fenton & Kim, BMC Pediatr 2013;13:59).
weight       heaviest documented 635 kg (J. B. Minnoch), Guinness World Records; lightest surviving newborn 0.212 kg
             (Tiniest Babies Registry, University of Iowa, 2021).
temperature  lowest survived 11.8 degC (Mroczek et al., Acute Med Surg 2020;7:e468), highest survived 46.5 degC
             (Slovis et al., Ann Emerg Med 1982;11:269).
heart rate   0 in arrest; fastest conducted rate 480/min (Chhabra et al., Indian Pacing Electrophysiol J 2012;12:30).
blood        0 in arrest; 480/350 mmHg in the artery at heavy lifting (MacDougall et al., J Appl Physiol 1985;58:785).
breathing    0 in arrest; 200/min, more than twice the fastest normal newborn (AHA PALS 2020: 60/min) and beyond what
             bedside monitors resolve.
saturation   a percentage.
head         20 to 100 cm: from the extremely preterm newborn (Fenton & Kim 2013) to untreated hydrocephalus.
"""

LIMITS: dict[str, tuple[float, float]] = {
    "height_cm": (20, 272),
    "weight_kg": (0.2, 635),
    "temperature_c": (11, 47),
    "heart_rate": (0, 480),
    "respiratory_rate": (0, 200),
    "systolic": (0, 480),
    "diastolic": (0, 350),
    "oxygen_saturation": (0, 100),
    "head_circumference_cm": (20, 100),
}
