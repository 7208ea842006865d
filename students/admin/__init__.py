"""The admin of districts, schools, students, their identifiers and contacts."""

from students.admin import about_student, places, student

__all__ = ["about_student", "places", "student"]
