"""Where everything is found."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from students.views import today

urlpatterns = [
    path("", today, name="today"),
    path("accounts/", include("allauth.urls")),
    path("students/", include("students.urls")),
    path("students/<uuid:student_id>/", include("records.urls")),
    path("admin/", admin.site.urls),
    path("", include("metrics.urls")),
    # After metrics, whose /api/admin/ addresses it would otherwise answer with 404.
    path("api/", include("whitecross.api_urls")),
    *([path("silk/", include("silk.urls", namespace="silk"))] if settings.SILK else []),
]
