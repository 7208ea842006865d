"""Pages about one student, under /students/<uuid>/."""

from django.urls import path

from records import views

app_name = "records"
urlpatterns = [
    path("", views.student_summary, name="summary"),
    path("vitals/", views.vitals, name="vitals"),
    path("growth/", views.growth, name="growth"),
]
