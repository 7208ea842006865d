"""Pages about health: one student's, a class's, and the search in all."""

from records.views.follow_up import follow_up, follow_up_list
from records.views.growth import growth
from records.views.growth_operations import growth_runs
from records.views.measure import measure, measure_row
from records.views.search import record_search
from records.views.statistics import statistics
from records.views.summary import student_summary
from records.views.vitals import vitals

__all__ = [
    "follow_up",
    "follow_up_list",
    "growth",
    "growth_runs",
    "measure",
    "measure_row",
    "record_search",
    "statistics",
    "student_summary",
    "vitals",
]
