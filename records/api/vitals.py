"""Vital signs by API: read like every kind, and recorded."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from access.api_door import BodySerializer
from access.roles import Permission
from access.versions import etag_of
from records.actions import record_vital_signs
from records.api.entries import EntryListView, EntryView
from records.api.kinds import VITALS
from records.api.rows import VitalsSerializer
from records.models import HealthRecord
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
    note = serializers.CharField(required=False, allow_blank=True, max_length=2_000)

    def taken(self) -> dict[str, Any]:
        """Return the arguments of records.actions.record_vital_signs."""
        sent = self.validated_data
        signs = {sign: sent[sign] for sign in KEYS if sent.get(sign) is not None}
        return {"date": sent["date"], "signs": signs, "note": sent.get("note", "")}


class VitalsListView(EntryListView):
    """All vital signs of a student, newest first."""

    kind = VITALS

    @extend_schema(request=VitalsBody, responses={201: VitalsSerializer})
    def post(self, request: Request, student_id: UUID) -> Response:
        """Record a set of vital signs."""
        look = self.open(Permission.HEALTH_RECORD, self.kind.viewed)
        body = VitalsBody(data=request.data)
        body.is_valid(raise_exception=True)
        record = record_vital_signs(by=look.by, student_id=student_id, **body.taken())
        record = HealthRecord.objects.get(pk=record.pk)  # with what the database computes
        address = reverse("api:vitals-entry", args=[student_id, record.pk], request=request)
        headers = {"Location": address, "ETag": etag_of(record.version)}
        return Response(VitalsSerializer(record).data, status=201, headers=headers)


class VitalsView(EntryView):
    """One set of vital signs."""

    kind = VITALS
