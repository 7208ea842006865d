"""The API of students: the list and the search, one student, enrolling and changing."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponseNotModified
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from access import audit
from access.api_door import ApiView, BodySerializer, StudentApiView
from access.events import Action
from access.gate import NotPermitted
from access.models import User
from access.roles import Permission
from access.versions import already_held, etag_of, insist_on_version
from students.actions import change_student, enrol_student
from students.models import School, Student
from students.models.student import StudentQuerySet


class SchoolSerializer(serializers.ModelSerializer[School]):
    """A school, as it stands in a student."""

    class Meta:
        model = School
        fields = ["id", "code", "name"]


class StudentSerializer(serializers.ModelSerializer[Student]):
    """A student. `age` in completed years today; `version` is also the ETag."""

    age = serializers.IntegerField(source="age_on", help_text="Completed years today.")
    school = SchoolSerializer()
    reason = serializers.CharField(source="status_reason", help_text="Why, where the status needs one.")

    class Meta:
        model = Student
        fields = [
            "id", "student_number", "given_name", "middle_name", "family_name", "preferred_name", "birth_date", "age",
            "sex", "grade", "homeroom", "status", "reason", "school", "version",
        ]  # fmt: skip
        read_only_fields = fields


class StudentBody(BodySerializer):
    """What may be written of a student. `school` is its code or its id."""

    school = serializers.CharField(max_length=50)
    student_number = serializers.CharField(max_length=50, allow_blank=True, required=False)
    given_name = serializers.CharField(max_length=100)
    middle_name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    family_name = serializers.CharField(max_length=100)
    preferred_name = serializers.CharField(max_length=100, allow_blank=True, required=False)
    birth_date = serializers.DateField()
    sex = serializers.ChoiceField(choices=Student.Sex.choices, required=False)
    grade = serializers.ChoiceField(choices=Student.Grade.choices, required=False)
    homeroom = serializers.CharField(max_length=50, allow_blank=True, required=False)
    status = serializers.ChoiceField(choices=Student.Status.choices, required=False)
    reason = serializers.CharField(source="status_reason", max_length=200, allow_blank=True, required=False)

    def taken_by(self, user: User) -> dict[str, Any]:
        """Return the fields, `school` as one where this person may enrol; raise NotPermitted or ValidationError."""
        fields: dict[str, Any] = dict(self.validated_data)
        if "school" in fields:
            fields["school"] = school_named(fields["school"], user)
        return fields


def school_named(name: str, user: User) -> School:
    """Return the school of that code or id. Raises ValidationError if there is none, NotPermitted if the person may
    not write its students."""
    try:
        named = Q(code=name) | Q(pk=UUID(name))
    except ValueError:
        named = Q(code=name)
    school = School.objects.filter(named).first()
    if school is None:
        raise serializers.ValidationError({"school": ["There is no school with this code or id."]}, "does_not_exist")
    if not School.objects.visible_to(user, Permission.STUDENT_EDIT).filter(pk=school.pk).exists():
        raise NotPermitted("Your role does not allow this at that school.")
    return school


class StudentQuestion(serializers.Serializer[Any]):
    """What the list may be narrowed to."""

    search = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Words of the name, or the student number."
    )
    school = serializers.CharField(required=False, max_length=50, help_text="The school's code.")
    grade = serializers.ChoiceField(choices=Student.Grade.choices, required=False)
    identifier = serializers.CharField(
        required=False, max_length=200, help_text="Any identifier of the child, a FHIR Patient id included."
    )

    def answer(self, user: User) -> StudentQuerySet:
        """Return the enrolled students of this person's schools that the question is about, as a class list."""
        asked, found = self.validated_data, Student.objects.visible_to(user).enrolled()
        if "search" in asked:
            found = found.named(asked["search"])
        if "school" in asked:
            found = found.filter(school__code=asked["school"])
        if "grade" in asked:
            found = found.filter(grade=asked["grade"])
        if "identifier" in asked:
            found = found.identified_by(asked["identifier"])
        return found.by_name().select_related("school")

    @property
    def looks_for_someone(self) -> bool:
        """Whether this is a search, which the audit trail tells from a list."""
        return bool(self.validated_data.get("search")) or "identifier" in self.validated_data


class StudentListView(ListModelMixin, ApiView):
    """The students of the caller's schools."""

    serializer_class = StudentSerializer

    @extend_schema(parameters=[StudentQuestion])
    def get(self, request: Request) -> Response:
        """List or find students. Each one shown is on record before the answer leaves."""
        question = StudentQuestion(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        rows = self.paginate_queryset(question.answer(self.caller())) or []
        action = Action.STUDENT_FOUND if question.looks_for_someone else Action.STUDENT_LISTED
        audit.note(self.actor, action, [student.pk for student in rows])
        return self.get_paginated_response(StudentSerializer(rows, many=True).data)

    @extend_schema(request=StudentBody, responses={201: StudentSerializer})
    def post(self, request: Request) -> Response:
        """Enrol a student."""
        user = self.caller()
        if not School.objects.visible_to(user, Permission.STUDENT_EDIT).exists():
            raise NotPermitted("Your role does not allow this.")
        body = StudentBody(data=request.data)
        body.is_valid(raise_exception=True)
        student = enrol_student(by=self.actor, **body.taken_by(user))
        address = reverse("api:student", args=[student.pk], request=request)
        headers = {"Location": address, "ETag": etag_of(student.version)}
        return Response(StudentSerializer(student).data, status=201, headers=headers)


class StudentView(StudentApiView):
    """One student."""

    serializer_class = StudentSerializer

    def get(self, request: Request, student_id: UUID) -> Response | HttpResponseNotModified:
        """Read a student's details; 304 if the caller holds them."""
        self.open(Permission.STUDENT_VIEW, Action.STUDENT_VIEWED)
        student = Student.objects.select_related("school").get(pk=student_id)
        headers = {"ETag": etag_of(student.version)}
        if already_held(request, headers["ETag"]):
            return HttpResponseNotModified(headers=headers)
        return Response(StudentSerializer(student).data, headers=headers)

    @extend_schema(request=StudentBody)
    def patch(self, request: Request, student_id: UUID) -> Response:
        """Change a student. With If-Match only the version that was read is changed, else 412."""
        look = self.open(Permission.STUDENT_EDIT, Action.STUDENT_VIEWED)
        student = Student.objects.select_related("school").get(pk=student_id)
        insist_on_version(request, student.version)
        body = StudentBody(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        fields = body.taken_by(self.caller())
        student = change_student(by=look.by, student=student, version=student.version, **fields)
        return Response(StudentSerializer(student).data, headers={"ETag": etag_of(student.version)})
