"""What every test of White Cross can use."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import pytest
from hypothesis import settings

from access.models import User
from access.roles import Counselor, DistrictNurse, IntegrationClient, Nurse, SchoolAdministrator
from access.tests.people import make_school, make_staff, make_student
from records import rollout
from students.models import School, Student

# How long an example takes says nothing on a machine that is busy with other tests.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

pytest_plugins = ["devtools.pytest_services", "devtools.pytest_browser"]


@pytest.fixture(autouse=True)
def cache_flag_is_known() -> Iterator[None]:
    """As in a process that has answered before: it knows that the cache is on everywhere, and asks for no flag."""
    rollout.remember(rollout.Rollout(), inf)
    yield
    rollout.forget()


# The people of the tests. Nora must never see Harbor Middle, nor Stella Oak Street.


@pytest.fixture
def oak_street(db: None) -> School:
    """Oak Street Elementary, where Nora, Colin, Sam and Ivy work."""
    return make_school("oak-street", "Oak Street Elementary")


@pytest.fixture
def harbor_middle(db: None) -> School:
    """Harbor Middle, where Stella works; in the same district."""
    return make_school("harbor-middle", "Harbor Middle")


@pytest.fixture
def nora(oak_street: School) -> User:
    """Nora, nurse at Oak Street."""
    return make_staff("nora", Nurse, oak_street)


@pytest.fixture
def stella(harbor_middle: School) -> User:
    """Stella, nurse at Harbor Middle."""
    return make_staff("stella", Nurse, harbor_middle)


@pytest.fixture
def colin(oak_street: School) -> User:
    """Colin, counselor at Oak Street: reads, the confidential too, and writes nothing."""
    return make_staff("colin", Counselor, oak_street)


@pytest.fixture
def dana(oak_street: School) -> User:
    """Dana, district nurse: every school of the district."""
    return make_staff("dana", DistrictNurse, oak_street.district)


@pytest.fixture
def sam(oak_street: School) -> User:
    """Sam, administrator of Oak Street: who is enrolled and who looked, no health data."""
    return make_staff("sam", SchoolAdministrator, oak_street)


@pytest.fixture
def ivy(oak_street: School) -> User:
    """Ivy, an integration client of Oak Street: a program, not a person."""
    return make_staff("ivy", IntegrationClient, oak_street)


@pytest.fixture
def admin(db: None) -> User:
    """The superuser."""
    return make_staff("admin", None, is_staff=True, is_superuser=True)


@pytest.fixture
def ana(oak_street: School) -> Student:
    """Ana Alvarez, third grader at Oak Street, born 2018-03-14."""
    return make_student(oak_street, student_number="1001")
