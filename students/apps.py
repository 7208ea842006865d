"""The students app: who there is."""

from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Districts, schools, students and their contacts."""

    name = "students"
    verbose_name = "Students"
