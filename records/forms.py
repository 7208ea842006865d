"""The vital-signs form: US units first, keeps what was typed, refuses the impossible, asks about the improbable."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from records.alarms import implausible
from records.vital_signs import KEYS, Impossible, Measured, NotAMeasurement, read

LONGEST = 20


class SignField(forms.CharField):
    """One vital sign as text with an optional unit; cleans to Measured, or None when left empty."""

    def __init__(self, sign: str, *, label: str, help_text: str) -> None:
        """Name the sign as in records.vital_signs.KEYS."""
        self.sign = sign
        mode = "text" if sign in ("height", "weight", "temperature") else "numeric"
        widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "maxlength": LONGEST})
        super().__init__(label=label, help_text=help_text, required=False, max_length=LONGEST, widget=widget)

    def clean(self, value: Any) -> Measured | None:
        """Read the text; the error says what may be typed or what is possible."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read(self.sign, text)
        except (NotAMeasurement, Impossible) as error:
            raise ValidationError(str(error)) from error


class VitalSignsForm(forms.Form):
    """Vital signs of one student on one day."""

    height = SignField("height", label="Height", help_text="4'10, 58 in or 147 cm")
    weight = SignField("weight", label="Weight", help_text="106 lb or 48 kg")
    temperature = SignField("temperature", label="Temperature", help_text="98.6 or 37 C")
    heart_rate = SignField("heart_rate", label="Heart rate", help_text="per minute")
    respiratory_rate = SignField("respiratory_rate", label="Respiratory rate", help_text="per minute")
    systolic = SignField("systolic", label="Systolic BP", help_text="mmHg")
    diastolic = SignField("diastolic", label="Diastolic BP", help_text="mmHg")
    oxygen_saturation = SignField("oxygen_saturation", label="O₂ saturation", help_text="%")
    date = forms.DateField(
        label="Date",
        initial=timezone.localdate,
        input_formats=["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Type a day, for example 9/16/2026."},
    )
    note = forms.CharField(label="Note", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    confirm = forms.BooleanField(label="Yes, this is right", required=False)

    def __init__(self, *args: Any, last: Mapping[str, float | None] | None = None, **kwargs: Any) -> None:
        """Take the last known height_cm and weight_kg, to ask about improbable changes."""
        super().__init__(*args, **kwargs)
        self.last = last or {}
        self.implausible: list[str] = []

    def signs(self) -> dict[str, Measured]:
        """Return the signs that were typed and understood."""
        return {sign: self.cleaned_data[sign] for sign in KEYS if self.cleaned_data.get(sign) is not None}

    def clean(self) -> dict[str, Any]:
        """Ask for at least one sign, and once about the improbable; what was typed stays in the fields."""
        signs = self.signs()
        if not self.errors and not signs:
            self.add_error("height", "Enter at least one vital sign.")
        vital = {KEYS[sign]: measured.metric for sign, measured in signs.items()}
        questions = implausible(vital, self.last)
        if questions and not self.errors and not self.cleaned_data.get("confirm"):
            self.implausible = questions
            self.add_error("confirm", "Check the values above, then confirm or correct them.")
        return self.cleaned_data

    def taken(self) -> dict[str, Any]:
        """Return the arguments of records.actions.record_vital_signs."""
        return {"date": self.cleaned_data["date"], "signs": self.signs(), "note": self.cleaned_data["note"]}
