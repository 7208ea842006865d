"""Everything under /api/."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from access.api import AccessLogView, RefreshView, TokenView
from records import api as records
from students.api import StudentListView, StudentView
from whitecross.problems import NoSuchAddress

app_name = "api"

# What is asked for most stands first.
of_a_student: list[URLPattern | URLResolver] = [
    path("health-summary/", records.health_summary_view, name="health-summary"),
    path("", StudentView.as_view(), name="student"),
    path("growth/", records.GrowthView.as_view(), name="growth"),
    path("records/", records.RecordListView.as_view(), name="records"),
    path("records/<uuid:entry_id>/", records.RecordView.as_view(), name="records-entry"),
    path("allergies/", records.AllergyListView.as_view(), name="allergies"),
    path("allergies/<uuid:entry_id>/", records.AllergyView.as_view(), name="allergies-entry"),
    path("conditions/", records.ConditionListView.as_view(), name="conditions"),
    path("conditions/<uuid:entry_id>/", records.ConditionView.as_view(), name="conditions-entry"),
    path("vaccinations/", records.VaccinationListView.as_view(), name="vaccinations"),
    path("vaccinations/<uuid:entry_id>/", records.VaccinationView.as_view(), name="vaccinations-entry"),
    path("vitals/", records.vitals_view, name="vitals"),
    path("vitals/<uuid:entry_id>/", records.VitalsView.as_view(), name="vitals-entry"),
    path("access/", AccessLogView.as_view(), name="access"),
]

# Swagger UI, from our own files. It draws with style attributes, which no page for nurses may.
docs = csp_update({"style-src": [UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="api:schema"))

version_1: list[URLPattern | URLResolver] = [
    path("students/<uuid:student_id>/", include(of_a_student)),
    path("auth/token/", TokenView.as_view(), name="token"),
    path("auth/token/refresh/", RefreshView.as_view(), name="token-refresh"),
    path("students/", StudentListView.as_view(), name="students"),
    path("follow-ups/", records.FollowUpListView.as_view(), name="follow-ups"),
    path("follow-ups/<uuid:follow_up_id>/", records.FollowUpView.as_view(), name="follow-up"),
    path("records/search/", records.RecordSearchView.as_view(), name="record-search"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    # Last: whatever is no address of the API is answered in the API's own way. /api/admin/ belongs to metrics.
    re_path(r"^(?!admin/)", NoSuchAddress.as_view(), name="no-such-address"),
]
