"""What the baselines answer."""

from django.urls import path

from loadtest.baselines.insert import insert
from loadtest.baselines.naive import NaiveSummaryView
from loadtest.baselines.views import empty, leak, static_page

urlpatterns = [
    path("empty/", empty),
    path("api/v1/empty/", empty),
    path("leak/", leak),
    path("page/", static_page),
    path("insert/<uuid:student_id>/", insert),
    path("naive/<uuid:student_id>/", NaiveSummaryView.as_view()),
]
