"""Models of the students app."""

from students.models.contact import Contact
from students.models.district import District
from students.models.identifier import StudentIdentifier
from students.models.school import School
from students.models.student import Student

__all__ = ["Contact", "District", "School", "Student", "StudentIdentifier"]
