"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Return `demo`: whether to say that these are not real children; `staff_line`: the person's role and school;
    `reads_health`, `records_health`: whether to offer what only readers, or writers, of health records may use."""
    return {
        "demo": settings.DEMO,
        "staff_line": request.session.get("staff_line", ""),
        "reads_health": request.session.get("reads_health", False),
        "records_health": request.session.get("records_health", False),
    }
