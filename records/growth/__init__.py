"""Growth: heights, weights and body mass indexes against CDC's and WHO's references. Pure NumPy: arrays in, arrays out.

No Django, no database. `Children.of_days(sex, age_days)` says whose measurements they are, and
`assess(children, height_cm, weight_kg)` answers for all of them at once. Where there is no answer stands NaN and a
Reason; no value raises. Each function says what its numbers are and where they come from;
docs/adr/0009-growth-reference.md tells why these.
"""

from records.growth.ages import NO_AGE, age_days
from records.growth.assessment import Assessed, Assessment, assess
from records.growth.body_mass import BodyMass, body_mass
from records.growth.children import Children, reference
from records.growth.codes import Measure, Reason, Reference, Sex, VelocityFinding, WeightStatus
from records.growth.inverse import Answers, measurement_at, measurement_at_percentile
from records.growth.scores import Scores, scores
from records.growth.stature import on_chart
from records.growth.trend import Trend, earlier_visit, trend
from records.growth.velocity import Velocity, height_velocity

__all__ = [
    "NO_AGE",
    "Answers",
    "Assessed",
    "Assessment",
    "BodyMass",
    "Children",
    "Measure",
    "Reason",
    "Reference",
    "Scores",
    "Sex",
    "Trend",
    "Velocity",
    "VelocityFinding",
    "WeightStatus",
    "age_days",
    "assess",
    "body_mass",
    "earlier_visit",
    "height_velocity",
    "measurement_at",
    "measurement_at_percentile",
    "on_chart",
    "reference",
    "scores",
    "trend",
]
