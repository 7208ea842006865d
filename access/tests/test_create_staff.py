"""`create_staff`: a login with a role at a place, or a sentence that says why not."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from access.models import Assignment, User
from students.models import School, Student

PASSWORD = "a long enough pass phrase"
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("WHITECROSS_PASSWORD", PASSWORD)
    settings.PASSWORD_HASHERS = QUICK


def create(username: str, role: str, place: str) -> str:
    out = io.StringIO()
    call_command("create_staff", username, "--role", role, "--school", place, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        create(*arguments)
    assert not User.objects.filter(username="nina").exists()
    return str(error.value)


def test_it_makes_a_login_that_works_at_its_school(ana: Student, harbor_middle: School, client: Client) -> None:
    said = create("nina", "nurse", "oak-street")
    assert said.startswith("Made nina: Nurse. Keeps the health records of one school")
    assert PASSWORD not in said
    assert client.post("/accounts/login/", {"login": "nina", "password": PASSWORD}).status_code == 302
    assert client.get(f"/students/{ana.pk}/").status_code == 200
    nina = User.objects.get(username="nina")
    assert not nina.is_staff
    assert not nina.is_superuser
    assert list(School.objects.visible_to(nina)) == [ana.school]


@pytest.mark.parametrize("place", ["oak-street", "riverside"])
def test_a_district_role_reaches_the_whole_district_by_its_code_or_a_schools(
    oak_street: School, harbor_middle: School, place: str
) -> None:
    create("nina", "district_nurse", place)
    assert set(School.objects.visible_to(User.objects.get(username="nina"))) == {oak_street, harbor_middle}
    assert Assignment.objects.get().district == oak_street.district


def test_it_names_the_codes_there_are_when_the_place_is_unknown(oak_street: School) -> None:
    said = refused("nina", "nurse", "elm-street")
    assert "There is no school or district 'elm-street'" in said
    assert "oak-street, riverside" in said


def test_it_says_so_when_there_is_no_school_yet(db: None) -> None:
    assert "none yet" in refused("nina", "nurse", "oak-street")


def test_it_refuses_without_a_password(oak_street: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHITECROSS_PASSWORD")
    assert "Set WHITECROSS_PASSWORD" in refused("nina", "nurse", "oak-street")


@pytest.mark.parametrize("weak", ["qX9!", "password1234"])
def test_it_refuses_a_weak_password_without_repeating_it(
    oak_street: School, monkeypatch: pytest.MonkeyPatch, weak: str
) -> None:
    monkeypatch.setenv("WHITECROSS_PASSWORD", weak)
    said = refused("nina", "nurse", "oak-street")
    assert "The password is refused" in said
    assert weak not in said


def test_it_changes_no_login_that_exists(nora: User, harbor_middle: School) -> None:
    before = nora.password
    with pytest.raises(CommandError, match="There is a login nora already"):
        create("nora", "district_nurse", "harbor-middle")
    nora.refresh_from_db()
    assert nora.password == before
    assert nora.assignments.count() == 1


def test_it_knows_no_other_role(oak_street: School) -> None:
    assert "invalid choice: 'principal'" in refused("nina", "principal", "oak-street")


def test_the_password_is_no_argument(oak_street: School) -> None:
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("create_staff", "nina", "--role", "nurse", "--school", "oak-street", "--password", PASSWORD)
