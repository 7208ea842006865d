"""Pages about students: the list, the search, who looked."""

from django.urls import path

from students import views

app_name = "students"
urlpatterns = [
    path("", views.student_list, name="list"),
    path("search/", views.search, name="search"),
    path("<uuid:student_id>/access/", views.who_looked, name="who_looked"),
]
