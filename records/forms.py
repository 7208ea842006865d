"""The vital-signs form: US units first, keeps what was typed, refuses the impossible, asks about the improbable."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from records.alarms import implausible
from records.child_sizes import Whose
from records.plausibility import Last, checks, meant_instead
from records.vital_signs import KEYS, UNITS, Impossible, Measured, NotAMeasurement, read

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
        except NotAMeasurement as error:
            raise ValidationError(str(error)) from error
        except Impossible as error:
            raise ValidationError(str(error), code="impossible") from error


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

    def __init__(self, *args: Any, whose: Whose | None = None, last: Last | None = None, **kwargs: Any) -> None:
        """Take whose they are and the last known height and weight, to ask about the improbable."""
        super().__init__(*args, **kwargs)
        self.whose, self.last = whose, last
        self.implausible: list[str] = []

    def signs(self) -> dict[str, Measured]:
        """Return the signs that were typed and understood."""
        return {sign: self.cleaned_data[sign] for sign in KEYS if self.cleaned_data.get(sign) is not None}

    def clean(self) -> dict[str, Any]:
        """Ask for at least one sign, and once about the improbable; what was typed stays in the fields."""
        signs = self.signs()
        if not self.errors and not signs:
            self.add_error("height", "Enter at least one vital sign.")
        questions = implausible({KEYS[sign]: measured.metric for sign, measured in signs.items()})
        date = self.cleaned_data.get("date")
        if self.whose and date:
            self.hint(self.whose, date)
            questions += [check.sentence for check in checks(self.whose, date, signs, self.last)]
        if questions and not self.errors and not self.cleaned_data.get("confirm"):
            self.implausible = questions
            self.add_error("confirm", "Check the values above, then confirm or correct them.")
        return self.cleaned_data

    def hint(self, whose: Whose, date: datetime.date) -> None:
        """Where a height or weight is impossible and usual in its other unit, say so beside it."""
        for sign in ("height", "weight"):
            if self.has_error(sign, "impossible"):
                hint = meant_instead(sign, self.data.get(self.add_prefix(sign), ""), UNITS[sign][0], whose, date)
                if hint:
                    self.add_error(sign, hint)

    def taken(self) -> dict[str, Any]:
        """Return the arguments of records.actions.record_vital_signs."""
        return {"date": self.cleaned_data["date"], "signs": self.signs(), "note": self.cleaned_data["note"]}
