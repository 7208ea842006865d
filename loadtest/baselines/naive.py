"""The health summary as one writes it first: DRF with its usual parts, a query a relation, a count a type, no cache.

It is what the project came from. It even does less than White Cross does: no audit row and no middleware.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication

from access.models import User
from access.roles import Permission
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.health_record import VITAL_COLUMNS
from students.models import School, Student


class SchoolSerializer(serializers.ModelSerializer[School]):
    """The student's school."""

    class Meta:
        model = School
        fields = ["id", "code", "name"]


class StudentSerializer(serializers.ModelSerializer[Student]):
    """Whom it is about."""

    age = serializers.IntegerField(source="age_on")
    school = SchoolSerializer()

    class Meta:
        model = Student
        fields = [
            "id", "student_number", "given_name", "middle_name", "family_name", "preferred_name", "birth_date", "age",
            "sex", "grade", "homeroom", "school",
        ]  # fmt: skip


class AllergySerializer(serializers.ModelSerializer[Allergy]):
    """A current allergy."""

    severity = serializers.SerializerMethodField()

    class Meta:
        model = Allergy
        fields = ["id", "allergen", "category", "severity", "reaction", "status"]

    def get_severity(self, allergy: Allergy) -> str:
        """Return the severity as a word."""
        return Allergy.Severity(allergy.severity).name.lower()


class ConditionSerializer(serializers.ModelSerializer[Condition]):
    """A current condition."""

    class Meta:
        model = Condition
        fields = ["id", "name", "code", "status"]


class VaccinationSerializer(serializers.ModelSerializer[Vaccination]):
    """A vaccination."""

    class Meta:
        model = Vaccination
        fields = ["id", "cvx", "name", "date", "status"]


class VitalsSerializer(serializers.ModelSerializer[HealthRecord]):
    """A set of vital signs."""

    class Meta:
        model = HealthRecord
        fields = ["id", "date", *VITAL_COLUMNS, "flags"]


def summary(student: Student) -> dict[str, Any]:
    """Return the summary's data, one query after another."""
    allergies = student.allergy_set.filter(status=Allergy.Status.ACTIVE).order_by("-severity", "allergen", "id")
    conditions = student.condition_set.filter(status__in=Condition.CURRENT).newest_first()
    vaccinations = student.vaccination_set.exclude(status="entered_in_error").newest_first()
    records = student.healthrecord_set.exclude(status="entered_in_error")
    measured = records.filter(vital__isnull=False).order_by("-date", "-id")
    growth = measured.filter(bmi__isnull=False).first()
    counts = {kind: records.filter(type=kind).count() for kind in HealthRecord.Type.values}
    return {
        "student": StudentSerializer(student).data,
        "alerts": [
            {
                "kind": "allergy",
                "text": ". ".join(filter(None, (allergy.allergen, allergy.reaction, allergy.treatment))),
                "severity": Allergy.Severity(allergy.severity).name.lower(),
            }
            for allergy in allergies
            if allergy.severity >= Allergy.Severity.SEVERE
        ]
        + [
            {
                "kind": "condition",
                "text": f"{condition.name}. {condition.emergency_protocol}",
                "severity": Condition.Severity(condition.severity).name.lower(),
            }
            for condition in conditions
            if condition.emergency_protocol
        ],
        "allergies": AllergySerializer(allergies, many=True).data,
        "conditions": ConditionSerializer(conditions, many=True).data,
        "vaccinations": VaccinationSerializer(vaccinations, many=True).data,
        "vitals": VitalsSerializer(measured[:5], many=True).data,
        "growth": growth and {"date": growth.date, "bmi": growth.bmi, "bmi_percentile": None, "weight_status": None},
        "record_counts": {kind: count for kind, count in counts.items() if count},
        "as_of": timezone.now(),
    }


def naive_bytes(student_id: UUID) -> bytes:
    """Return the summary as DRF writes it."""
    rendered: bytes = JSONRenderer().render(summary(Student.objects.get(pk=student_id)))
    return rendered


class NaiveSummaryView(APIView):
    """The endpoint: the user of the token, the student, whether the one may see the other, the summary."""

    authentication_classes = [JWTAuthentication]
    renderer_classes = [JSONRenderer]

    def get(self, request: Request, student_id: UUID) -> Response:
        """Answer with the summary."""
        student = get_object_or_404(Student, pk=student_id)
        user = cast(User, request.user)
        if not Student.objects.visible_to(user, Permission.HEALTH_VIEW).filter(pk=student_id).exists():
            raise PermissionDenied
        return Response(summary(student))
