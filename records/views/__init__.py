"""Pages about one student's health."""

from records.views.search import record_search
from records.views.summary import student_summary
from records.views.vitals import vitals

__all__ = ["record_search", "student_summary", "vitals"]
