"""Where everything is found."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import TemplateView

from records.views import follow_up, follow_up_list, growth_runs, measure, measure_row, record_search, statistics
from students.views import today

urlpatterns = [
    # First, because it is asked for most.
    path("api/", include("whitecross.api_urls")),
    path("", today, name="today"),
    # No mail is sent: an administrator sets a new password. Stands before allauth's page of the same name.
    path(
        "accounts/password/reset/",
        login_not_required(TemplateView.as_view(template_name="account/password_help.html")),
        name="account_reset_password",
    ),
    path("accounts/", include("allauth.urls")),
    path("students/", include("students.urls")),
    path("students/<uuid:student_id>/", include("records.urls")),
    path("records/search/", record_search, name="record_search"),
    path("records/measure/", measure, name="measure"),
    path("records/measure/<uuid:student_id>/", measure_row, name="measure_row"),
    path("admin/", admin.site.urls),
    path("records/statistics/", statistics, name="statistics"),
    path("records/follow-up/", follow_up_list, name="follow_up_list"),
    path("records/follow-up/<uuid:follow_up_id>/", follow_up, name="follow_up"),
    path("ops/growth/", growth_runs, name="ops_growth"),
    path("", include("metrics.urls")),
    *([path("silk/", include("silk.urls", namespace="silk"))] if settings.SILK else []),
]

handler500 = "whitecross.error_pages.server_error"
