"""The health summary's shape for OpenAPI. records.summary writes the bytes; a test holds the two together."""

from typing import Any

from rest_framework import serializers

from records.api.rows import MetricField, SeverityField
from records.models import Allergy, Condition, Vaccination
from students.models import Student


class SummarySchoolSerializer(serializers.Serializer[Any]):
    """The student's school."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class SummaryStudentSerializer(serializers.Serializer[Any]):
    """Whom the summary is about."""

    id = serializers.UUIDField()
    student_number = serializers.CharField()
    given_name = serializers.CharField()
    middle_name = serializers.CharField()
    family_name = serializers.CharField()
    preferred_name = serializers.CharField()
    birth_date = serializers.DateField()
    age = serializers.IntegerField()
    sex = serializers.ChoiceField(choices=Student.Sex.choices)
    grade = serializers.ChoiceField(choices=Student.Grade.choices)
    homeroom = serializers.CharField()
    school = SummarySchoolSerializer()


class AlertSerializer(serializers.Serializer[Any]):
    """What must be seen first."""

    kind = serializers.ChoiceField(choices=["allergy", "condition"])
    text = serializers.CharField()
    severity = SeverityField()


class SummaryAllergySerializer(serializers.Serializer[Any]):
    """A current allergy."""

    id = serializers.UUIDField()
    allergen = serializers.CharField()
    category = serializers.ChoiceField(choices=Allergy.Category.choices)
    severity = SeverityField()
    reaction = serializers.CharField()
    status = serializers.ChoiceField(choices=Allergy.Status.choices)


class SummaryConditionSerializer(serializers.Serializer[Any]):
    """A current condition."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Condition.Status.choices)


class SummaryVaccinationSerializer(serializers.Serializer[Any]):
    """A vaccination."""

    id = serializers.UUIDField()
    cvx = serializers.CharField()
    name = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=Vaccination.Status.choices)


class SummaryVitalsSerializer(serializers.Serializer[Any]):
    """A set of vital signs."""

    id = serializers.UUIDField()
    date = serializers.DateField()
    height_cm = MetricField()
    weight_kg = MetricField()
    bmi = MetricField()
    temperature_c = MetricField()
    heart_rate = MetricField()
    respiratory_rate = MetricField()
    systolic = MetricField()
    diastolic = MetricField()
    oxygen_saturation = MetricField()
    flags = serializers.ListField(child=serializers.CharField())


class SummaryGrowthSerializer(serializers.Serializer[Any]):
    """The latest day with height and weight."""

    date = serializers.DateField()
    bmi = MetricField()
    bmi_percentile = MetricField()
    weight_status = serializers.CharField(allow_null=True)


class HealthSummarySerializer(serializers.Serializer[Any]):
    """One student, everything that matters."""

    student = SummaryStudentSerializer()
    alerts = AlertSerializer(many=True)
    allergies = SummaryAllergySerializer(many=True)
    conditions = SummaryConditionSerializer(many=True)
    vaccinations = SummaryVaccinationSerializer(many=True)
    vitals = SummaryVitalsSerializer(many=True)
    growth = SummaryGrowthSerializer(allow_null=True)
    record_counts = serializers.DictField(child=serializers.IntegerField())
    as_of = serializers.DateTimeField()
