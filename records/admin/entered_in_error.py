"""The admin action that takes clinical rows back: it shows them, asks why, and marks them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access.events import Actor
from records import actions
from records.models.clinical_entry import ENTERED_IN_ERROR

if TYPE_CHECKING:
    from records.admin.clinical import ClinicalAdmin

# So many can be looked through before one confirms.
MOST_ROWS = 100
ALREADY = "These entries are already marked as entered in error, or your role may not change them. Nothing was changed."
TOO_MANY = (
    f"More than {MOST_ROWS} entries are selected. Nothing was changed. Select fewer: each is to be looked at first."
)
CHANGED_MEANWHILE = (
    "Someone changed one of these entries after you selected it. Nothing was marked. Look at them and select again."
)


class ReasonForm(forms.Form):
    """Why the entries are wrong."""

    reason = forms.CharField(
        max_length=200,
        label="Why is this wrong?",
        help_text="Everyone who reads the entry later will see this, for example: charted for the wrong student.",
        error_messages={"required": "Say why this was entered in error. Nothing was marked yet."},
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


def ask_and_mark(page: ClinicalAdmin, request: HttpRequest, selected: QuerySet[Any]) -> HttpResponse | None:
    """Show the selected entries with a form for the reason, or mark them when the reason has come."""
    open_entries = selected.exclude(status=ENTERED_IN_ERROR).select_related("student").order_by("student_id", "-id")
    entries = list(open_entries[: MOST_ROWS + 1])
    if not entries or len(entries) > MOST_ROWS:
        page.message_user(request, TOO_MANY if entries else ALREADY, messages.ERROR)
        return None
    confirmed = "confirmed" in request.POST
    form = ReasonForm(request.POST if confirmed else None)
    if confirmed and form.is_valid():
        mark(page, request, entries, form.cleaned_data["reason"])
        return None
    page.note_shown(request, entries)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Mark as entered in error: {counted(page, entries)}",
        "opts": page.opts,
        "entries": entries,
        "form": form,
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "media": page.media,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/records/mark_entered_in_error.html", context)


def mark(page: ClinicalAdmin, request: HttpRequest, entries: list[Any], reason: str) -> None:
    """Mark all entries, or none when one of them is no longer as it was shown."""
    shown = dict(text.rpartition(":")[::2] for text in request.POST.getlist("shown"))
    try:
        with transaction.atomic():
            for entry in entries:
                # What was looked at decides, not what stands there by now.
                entry.version = int(shown.get(str(entry.pk), "0"))
                actions.mark_entered_in_error(by=Actor.in_admin(request), entry=entry, reason=reason)
                page.log_change(request, entry, "Marked as entered in error.")
    except (actions.StaleVersion, ValueError):
        page.message_user(request, CHANGED_MEANWHILE, messages.ERROR)
        return
    page.message_user(request, f"Marked as entered in error: {counted(page, entries)}.", messages.SUCCESS)


def counted(page: ClinicalAdmin, entries: list[Any]) -> str:
    """Return '1 allergy' or '3 allergies'."""
    name = page.opts.verbose_name if len(entries) == 1 else page.opts.verbose_name_plural
    return f"{len(entries)} {name}"
