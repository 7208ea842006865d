"""The API of records: the health summary, and every kind of clinical row of one student."""

from records.api.entries import (
    AllergyListView,
    AllergyView,
    ConditionListView,
    ConditionView,
    RecordListView,
    RecordView,
    VaccinationListView,
    VaccinationView,
)
from records.api.follow_ups import FollowUpListView, FollowUpView
from records.api.growth import GrowthView
from records.api.search import RecordSearchView
from records.api.summary import health_summary_view
from records.api.vitals import VitalsView, vitals_view

__all__ = [
    "AllergyListView",
    "AllergyView",
    "ConditionListView",
    "ConditionView",
    "FollowUpListView",
    "FollowUpView",
    "GrowthView",
    "RecordListView",
    "RecordSearchView",
    "RecordView",
    "VaccinationListView",
    "VaccinationView",
    "VitalsView",
    "health_summary_view",
    "vitals_view",
]
