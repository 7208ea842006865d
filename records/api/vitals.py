"""Vital signs by API: read like every kind, and recorded."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from access.api_door import BodySerializer
from access.events import Actor
from access.gate import Pass, open_student
from access.hot_write import HotWrite
from access.roles import Permission
from access.versions import etag_of
from records.actions import record_vital_signs
from records.api.entries import EntryListView, EntryView
from records.api.kinds import VITALS
from records.api.plain_vitals import LONGEST_NOTE, Taken, take, told
from records.api.rows import VitalsSerializer
from records.last_measures import child_and_last
from records.models import HealthRecord
from records.plausibility import checks
from records.vital_signs import KEYS, SPELLED, UNITS, Impossible, Measured, NotAMeasurement, measured

# More digits than any instrument gives; keeps an exponent from becoming a million of them.
MOST_DIGITS = 30


class NumberField(serializers.DecimalField):
    """A vital sign that has one unit only: a bare number."""

    def __init__(self, sign: str, **kwargs: Any) -> None:
        """Name the sign as in records.vital_signs.KEYS."""
        self.sign = sign
        super().__init__(
            max_digits=MOST_DIGITS,
            decimal_places=None,
            coerce_to_string=False,
            required=False,
            allow_null=True,
            help_text=UNITS[sign][0],
        )

    def to_internal_value(self, data: Any) -> Any:
        """Read the number; say what is possible where it is not."""
        return self.measured(super().to_internal_value(data), UNITS[self.sign][0])

    def measured(self, value: Decimal, unit: str) -> Measured:
        """Return the sign in metric."""
        try:
            return measured(self.sign, value, unit)
        except Impossible as error:
            raise serializers.ValidationError(str(error), code="impossible") from error
        except NotAMeasurement as error:
            raise serializers.ValidationError(str(error), code="invalid") from error


class MeasureField(NumberField):
    """A vital sign that is said with its unit: {"value": 58, "unit": "in"}. Metric or US customary."""

    def to_internal_value(self, data: Any) -> Any:
        """Read value and unit; one sentence says all that is wrong with them."""
        units = UNITS[self.sign]
        if not isinstance(data, dict) or data.keys() != {"value", "unit"} or not isinstance(data["unit"], str):
            sentence = f'Send {{"value": NUMBER, "unit": UNIT}} with a unit of {" or ".join(units)}.'
            raise serializers.ValidationError(sentence, code="invalid")
        value = serializers.DecimalField.to_internal_value(self, data["value"])
        return self.measured(value, SPELLED.get(data["unit"].lower(), data["unit"]))


def measure_schema(sign: str) -> dict[str, Any]:
    """Describe a measure for OpenAPI."""
    return {
        "type": ["object", "null"],
        "required": ["value", "unit"],
        "properties": {"value": {"type": "number"}, "unit": {"type": "string", "enum": list(UNITS[sign])}},
    }


@extend_schema_field(measure_schema("height"))
class HeightField(MeasureField):
    """A height."""


@extend_schema_field(measure_schema("weight"))
class WeightField(MeasureField):
    """A weight."""


@extend_schema_field(measure_schema("temperature"))
class TemperatureField(MeasureField):
    """A temperature."""


class VitalsBody(BodySerializer):
    """A set of vital signs of one day, at least one of them. What was sent is kept beside the metric value.

    The impossible is refused. The alarming is taken and flagged: a crisis must be chartable.
    """

    date = serializers.DateField(help_text="The local day it was measured.")
    height = HeightField("height")
    weight = WeightField("weight")
    temperature = TemperatureField("temperature")
    heart_rate = NumberField("heart_rate")
    respiratory_rate = NumberField("respiratory_rate")
    systolic = NumberField("systolic")
    diastolic = NumberField("diastolic")
    oxygen_saturation = NumberField("oxygen_saturation")
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)

    def taken(self) -> Taken:
        """Return the arguments of records.actions.record_vital_signs."""
        sent = self.validated_data
        signs = {sign: sent[sign] for sign in KEYS if sent.get(sign) is not None}
        return {"date": sent["date"], "signs": signs, "note": sent.get("note", "")}


class RecordedVitalsSerializer(VitalsSerializer):
    """A set of vital signs as it was just recorded, with what to check in it."""

    checks = serializers.SerializerMethodField(
        help_text="Sentences about a height or weight that was probably sent wrong. It is saved as it was sent."
    )

    class Meta(VitalsSerializer.Meta):
        fields = [*VitalsSerializer.Meta.fields, "checks"]
        read_only_fields = fields

    def get_checks(self, record: HealthRecord) -> list[str]:
        """Return the sentences that the view found."""
        found: list[str] = self.context["checks"]
        return found


class VitalsListView(EntryListView):
    """All vital signs of a student, newest first."""

    kind = VITALS

    @extend_schema(request=VitalsBody, responses={201: RecordedVitalsSerializer})
    def post(self, request: Request, student_id: UUID) -> HttpResponse:
        """Record a set of vital signs. `checks` says what was probably sent wrong; nothing is changed by it."""
        look = self.open(Permission.HEALTH_RECORD, self.kind.viewed)
        body = VitalsBody(data=request.data)
        body.is_valid(raise_exception=True)
        return record(request, look, body.taken())


def write(request: HttpRequest, by: Actor, student_id: UUID, taken: Taken) -> HttpResponse:
    """Record what a plain body says."""
    return record(request, open_student(by, student_id, Permission.HEALTH_RECORD, VITALS.viewed), taken)


def record(request: HttpRequest | Request, look: Pass, taken: Taken) -> HttpResponse:
    """Record a set of vital signs of a student who was opened, and answer with it and where it is."""
    asked = what_to_check(look, taken["date"], taken["signs"])
    made = record_vital_signs(by=look.by, student_id=look.student_id, **taken)
    headers = {"Location": request.build_absolute_uri(f"{request.path}{made.pk}/"), "ETag": etag_of(made.version)}
    return HttpResponse(told(made, asked), status=201, content_type="application/json", headers=headers)


def what_to_check(look: Pass, date: datetime.date, signs: dict[str, Measured]) -> list[str]:
    """Return a sentence for each height or weight that was probably sent wrong; no statement where neither was sent."""
    if not signs.keys() & {"height", "weight"}:
        return []
    whose, last = child_and_last(look.student_id, date, confidential=look.confidential)
    return [check.sentence for check in checks(whose, date, signs, last)]


class VitalsView(EntryView):
    """One set of vital signs."""

    kind = VITALS


vitals_view = HotWrite(VitalsListView, take, write)
