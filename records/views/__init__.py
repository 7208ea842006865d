"""Pages about one student's health."""

from records.views.summary import student_summary
from records.views.vitals import vitals

__all__ = ["student_summary", "vitals"]
