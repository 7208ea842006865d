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
from records.api.growth import GrowthView
from records.api.search import RecordSearchView
from records.api.summary import health_summary_view
from records.api.vitals import VitalsListView, VitalsView

__all__ = [
    "AllergyListView",
    "AllergyView",
    "ConditionListView",
    "ConditionView",
    "GrowthView",
    "RecordListView",
    "RecordSearchView",
    "RecordView",
    "VaccinationListView",
    "VaccinationView",
    "VitalsListView",
    "VitalsView",
    "health_summary_view",
]
