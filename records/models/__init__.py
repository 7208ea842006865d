"""Models of the records app."""

from records.freshness import keep_fresh
from records.models.allergy import Allergy
from records.models.condition import Condition
from records.models.follow_up import FollowUp
from records.models.growth_assessment import GrowthAssessment, GrowthProgress
from records.models.growth_run import GrowthRun
from records.models.health_record import HealthRecord
from records.models.school_flag import SchoolFlag
from records.models.search_entry import SearchEntry
from records.models.source_entry import SourceEntry
from records.models.vaccination import Vaccination
from students.models import School, Student

__all__ = [
    "Allergy",
    "Condition",
    "FollowUp",
    "GrowthAssessment",
    "GrowthProgress",
    "GrowthRun",
    "HealthRecord",
    "SchoolFlag",
    "SearchEntry",
    "SourceEntry",
    "Vaccination",
]

for model in (HealthRecord, Allergy, Condition, Vaccination, Student, School):
    keep_fresh(model)
