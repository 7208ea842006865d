"""How each kind of clinical row reads in JSON."""

from typing import Any

from django.db.models import IntegerChoices
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.health_record import VITAL_COLUMNS

# What every kind ends with: where it stands and why, what to check, where it came from, and its version (the ETag).
COMMON = ["status", "reason", "flags", "source", "version", "created_at", "updated_at"]


class EntrySerializer(serializers.ModelSerializer[Any]):
    """What every kind of row has."""

    reason = serializers.CharField(source="status_reason", help_text="Why, where the status needs one.")


@extend_schema_field({"type": "string", "enum": [level.name.lower() for level in Allergy.Severity]})
class SeverityField(serializers.Field[Any, Any, str, Any]):
    """A severity as a word: unknown, mild, moderate, severe, life_threatening."""

    levels: type[IntegerChoices] = Allergy.Severity

    def to_representation(self, value: int) -> str:
        """Return the word."""
        return self.levels(value).name.lower()


@extend_schema_field({"type": ["number", "null"]})
class MetricField(serializers.Field[Any, Any, float, Any]):
    """A metric number as it is stored, not rounded; a whole one without a point."""

    def to_representation(self, value: float) -> float:
        """Return the number."""
        return int(value) if value.is_integer() else value


class AllergySerializer(EntrySerializer):
    """An allergy or intolerance."""

    severity = SeverityField()

    class Meta:
        model = Allergy
        fields = [
            "id", "allergen", "category", "severity", "reaction", "treatment", "onset_date", "verified", "code_system",
            "code", *COMMON,
        ]  # fmt: skip
        read_only_fields = fields


class ConditionSerializer(EntrySerializer):
    """A condition."""

    severity = SeverityField()

    class Meta:
        model = Condition
        fields = [
            "id", "name", "code_system", "code", "severity", "onset_date", "abated_date", "verification", "notes",
            "emergency_protocol", "confidential", *COMMON,
        ]  # fmt: skip
        read_only_fields = fields


class VaccinationSerializer(EntrySerializer):
    """A vaccination; `cvx` is CDC's code with its leading zero."""

    class Meta:
        model = Vaccination
        fields = [
            "id", "cvx", "name", "code_system", "code", "date", "date_text", "historical", "dose_number", "lot_number",
            "manufacturer", "site", "route", "confidential", *COMMON,
        ]  # fmt: skip
        read_only_fields = fields


class RecordSerializer(EntrySerializer):
    """A health record of any type; `vital` holds metric numbers where vital signs were taken."""

    vital = serializers.DictField(child=serializers.FloatField(), allow_null=True)

    class Meta:
        model = HealthRecord
        fields = [
            "id", "type", "date", "occurred_at", "description", "notes", "provider", "code_system", "code", "result",
            "vital", "confidential", *COMMON,
        ]  # fmt: skip
        read_only_fields = fields


class TypedSerializer(serializers.Serializer[Any]):
    """A value as it was typed or sent."""

    value = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class VitalsSerializer(EntrySerializer):
    """A set of vital signs: cm, kg, kg/m2, degC, /min, mmHg, %. `typed` is what was typed, in its own unit."""

    height_cm = MetricField()
    weight_kg = MetricField()
    bmi = MetricField()
    temperature_c = MetricField()
    heart_rate = MetricField()
    respiratory_rate = MetricField()
    systolic = MetricField()
    diastolic = MetricField()
    oxygen_saturation = MetricField()
    head_circumference_cm = MetricField()
    typed = serializers.DictField(source="vital_typed", child=TypedSerializer(), allow_null=True)
    note = serializers.CharField(source="notes")

    class Meta:
        model = HealthRecord
        fields = ["id", "date", *VITAL_COLUMNS, "head_circumference_cm", "typed", "note", "confidential", *COMMON]
        read_only_fields = fields
