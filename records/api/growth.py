"""The growth of a student by API."""

from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseNotModified
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.api_door import StudentApiView
from access.events import Action
from access.roles import Permission
from access.versions import already_held
from records.api.rows import MetricField
from records.growth import Reason, Reference, VelocityFinding, WeightStatus
from records.measured_visits import MEASURES
from records.student_growth import student_growth

DIGEST_BYTES = 12


class MeasurementSerializer(serializers.Serializer[Any]):
    """A day's height and weight; a number is null where there is no answer, and `flags` has the reason."""

    date = serializers.DateField()
    age_days = serializers.IntegerField(help_text="Days since birth; negative before it.")
    height_cm = MetricField()
    weight_kg = MetricField()
    bmi = MetricField(help_text="kg/m²; a length measured lying counts 0.8 cm less from 24 months on (CDC).")
    height_z = MetricField()
    height_percentile = MetricField(help_text="0 to 100, unrounded; so are the others. Round down to show them.")
    weight_z = MetricField()
    weight_percentile = MetricField()
    bmi_z = MetricField()
    bmi_percentile = MetricField(help_text="Above the 95th by CDC's extended method (2022).")
    bmi_percent_of_p95 = MetricField(help_text="BMI as a percentage of the 95th percentile; from 24 months on.")
    weight_status = serializers.ChoiceField(choices=[one.word for one in WeightStatus if one], allow_null=True)
    reference = serializers.ChoiceField(choices=[one.word for one in Reference if one], allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())


class VelocitySerializer(serializers.Serializer[Any]):
    """How fast the height grew up to a measurement, from the latest one at least six months before."""

    from_date = serializers.DateField()
    to_date = serializers.DateField()
    days = serializers.IntegerField()
    cm_per_year = MetricField()
    p5 = MetricField(help_text="Tanner's 5th, 50th and 95th percentile in the middle of the interval, cm a year.")
    p50 = MetricField()
    p95 = MetricField()
    finding = serializers.ChoiceField(choices=[one.word for one in VelocityFinding if one], allow_null=True)
    reason = serializers.ChoiceField(choices=[one.word for one in Reason if one], allow_null=True)


class TrendSerializer(serializers.Serializer[Any]):
    """How the last measurement moved across the chart since the latest one at least six months before."""

    measure = serializers.ChoiceField(choices=MEASURES)
    from_date = serializers.DateField()
    to_date = serializers.DateField()
    from_percentile = MetricField()
    to_percentile = MetricField()
    from_percent_of_p95 = MetricField(help_text="Of the body mass index; null for height and weight.")
    to_percent_of_p95 = MetricField()
    z_per_year = MetricField()
    lines_crossed = serializers.IntegerField(help_text="Percentile lines (5, 10, 25, …) crossed; negative: falling.")


class GrowthSerializer(serializers.Serializer[Any]):
    """Every standing height and weight of a student, oldest first, against WHO (under 24 months) and CDC."""

    measurements = MeasurementSerializer(many=True)
    velocity = VelocitySerializer(many=True)
    trend = TrendSerializer(many=True)


class GrowthView(StudentApiView):
    """How a student grew."""

    serializer_class = GrowthSerializer
    pagination_class = None

    @extend_schema(responses=GrowthSerializer)
    def get(self, request: Request, student_id: UUID) -> HttpResponse:
        """Read growth: z-scores, percentiles, weight status and height velocity; 304 if the caller holds it."""
        look = self.open(Permission.HEALTH_VIEW, Action.GROWTH_VIEWED)
        growth = student_growth(look)
        etag = f'"{look.health_version}-{blake2b(growth.body, digest_size=DIGEST_BYTES).hexdigest()}"'
        headers = {"ETag": etag, "Cache-Control": "no-store", "X-Cache": growth.cache}
        if already_held(request, etag):
            return HttpResponseNotModified(headers=headers)
        return HttpResponse(growth.body, content_type="application/json", headers=headers)
