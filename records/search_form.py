"""The form of the search page."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from django import forms

from records.models import HealthRecord
from records.search import LONGEST_TEXT, RANKED
from students.models import School

TYPES = sorted(HealthRecord.Type.choices, key=itemgetter(1))


class RecordSearchForm(forms.Form):
    """What is looked for in health records, and where."""

    q = forms.CharField(
        label="Words",
        max_length=LONGEST_TEXT,
        help_text='For example: inhaler wheeze, "nose bleed", rash or hives, fever -cough',
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type at least one word to look for."},
    )
    school = forms.ChoiceField(label="School", required=False)
    type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[("", "All types"), *sorted(HealthRecord.Type.choices, key=lambda c: c[1])],
    )
    order = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[("newest", "Newest first"), ("relevance", f"Best of the newest {RANKED}")],
    )

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        """Offer the schools where the person may search."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["school"]
        choice.choices = [("", "All my schools"), *((school.code, school.name) for school in schools)]
