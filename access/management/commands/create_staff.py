"""`create_staff`: a person's login and role, for the first administrator and for scripts."""

import os
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.models import Assignment, User
from access.roles import ROLES, DistrictNurse


class Command(BaseCommand):
    """Make a login with a role at a school (or, for a district role, at its district)."""

    help = "Make a login with a role at a school; the password comes from WHITECROSS_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the person, the role and the place."""
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=sorted(ROLES))
        parser.add_argument("--school", required=True, metavar="CODE", help="code of the school, or of the district")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create the login, or say why not; nothing is half made."""
        password = os.environ.get("WHITECROSS_PASSWORD", "")
        if not password:
            raise CommandError(
                "Set WHITECROSS_PASSWORD to the new login's password. It is not taken from the arguments."
            )
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(f"There is a login {options['username']} already. Nothing was changed.")
        try:
            validate_password(password, User(username=options["username"]))
        except ValidationError as error:
            raise CommandError(f"The password is refused: {' '.join(error.messages)}") from error
        place = self.place(options["school"], options["role"])
        user = User.objects.create_user(options["username"], password=password)
        Assignment.objects.create(user=user, role=options["role"], **place)
        self.stdout.write(f"Made {user.username}: {ROLES[options['role']].name}. {ROLES[options['role']].sentence}")

    def place(self, code: str, role: str) -> dict[str, Any]:
        """Return {'school': …} or {'district': …} for the code; raise with the codes there are.

        A district role is for the whole district, also where the code is that of one of its schools.
        """
        # By name, because students stands above access.
        school, district = apps.get_model("students", "School"), apps.get_model("students", "District")
        if found := school._default_manager.select_related("district").filter(code=code).first():
            return {"district": found.district} if role == DistrictNurse.code else {"school": found}
        if whole := district._default_manager.filter(code=code).first():
            return {"district": whole}
        known = ", ".join(
            [*school.objects.values_list("code", flat=True), *district.objects.values_list("code", flat=True)]
        )
        raise CommandError(f"There is no school or district {code!r}. Known codes: {known or 'none yet'}.")
