"""What a load test needs in the database: the district, people who can log in, and what they will ask for.

`python -m loadtest world district STUDENTS` makes the district. `python -m loadtest world people USERS FOLDER` makes
that many nurses, spread over the schools, and writes FOLDER/world.json for the generator: their names, the password,
the children who come to each school's nurse, words to search for. The password is drawn anew each time and kept
nowhere else; the database with the people in it is dropped when the run ends.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from access.models import Assignment, User
from access.roles import Nurse
from loadtest.bench.district import CODE, ensure_district
from loadtest.plan import CHILDREN_A_SCHOOL
from students.models import School, Student

OPERATOR = "loadtest-operator"
# Words that stand in at least this share of the records, found in a sample of them, and at every school. A stem that is
# stemmed again may become another (nursing: nurs, nur), so only those that stay what they are.
LEAST_SHARE, SAMPLED_ROWS = 0.02, 50_000
WORDS = """
SELECT word FROM ts_stat('SELECT words FROM records_searchentry LIMIT {rows}')
WHERE length(word) > 3 AND ts_lexize('english_stem', word) = ARRAY[word] AND ndoc >= %s
AND NOT EXISTS (
    SELECT FROM unnest(%s::uuid[]) AS school
    WHERE NOT EXISTS (
        SELECT FROM records_searchentry e WHERE e.school_id = school AND e.words @@ to_tsquery('english', word)
    )
)
ORDER BY word
"""


def make_world(users: int) -> dict[str, Any]:
    """Make the people, and return what the generator has to know."""
    password = secrets.token_urlsafe(24)
    # Made once: a hash for each of them would take a minute.
    hashed = make_password(password)
    chance = random.Random(7)
    schools = list(School.objects.filter(district__code=CODE).order_by("code"))
    children = {school.pk: [str(pk) for pk in children_of(school, chance)[:CHILDREN_A_SCHOOL]] for school in schools}
    nurses = User.objects.bulk_create(User(username=f"loadtest-{number}", password=hashed) for number in range(users))
    places = [schools[number % len(schools)] for number in range(users)]
    Assignment.objects.bulk_create(
        Assignment(user=nurse, role=Nurse.code, school=school) for nurse, school in zip(nurses, places, strict=True)
    )
    User.objects.create(username=OPERATOR, password=hashed, is_staff=True)
    return {
        "password": password,
        "operator": OPERATOR,
        "people": [
            {"username": nurse.username, "children": children[school.pk]}
            for nurse, school in zip(nurses, places, strict=True)
        ],
        "words": words(schools),
        "today": timezone.localdate().isoformat(),
        "students": Student.objects.filter(school__in=schools).count(),
        "schools": len(schools),
    }


def children_of(school: School, chance: random.Random) -> list[Any]:
    """Return the enrolled students of a school, shuffled."""
    found = Student.objects.filter(school=school, status=Student.Status.ENROLLED)
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    return chance.sample(pks, len(pks))


def words(schools: list[School]) -> list[str]:
    """Return words that stand in many records, at each of the schools.

    Raises RuntimeError if there are none: a search would find nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM records_searchentry LIMIT %s) AS few", [SAMPLED_ROWS])
        (sampled,) = cursor.fetchone() or (0,)
        least = max(1, LEAST_SHARE * sampled)
        cursor.execute(WORDS.format(rows=SAMPLED_ROWS), [least, [school.pk for school in schools]])
        found = [str(word) for (word,) in cursor.fetchall()]
    if not found:
        raise RuntimeError("No word stands in many records of this district, so no search could be checked.")
    return found


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says."""
    if arguments[0] == "district":
        ensure_district(int(arguments[1]))
    else:
        path = Path(arguments[2]) / "world.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(make_world(int(arguments[1]))))
    return 0
