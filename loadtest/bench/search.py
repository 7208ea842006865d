"""Bench `search`: 700,000 notes, one school of forty, words of three kinds, against ILIKE.

The cost of a variant is the 95th percentile of a number of questions, each about another school and another word. Ours
is the whole of what a door does behind the login: the page of 20, the excerpts with the words marked, one audit row a
student; the cache is switched off. ILIKE only finds its 20 rows.

    ilike_vs_common_p95        ILIKE over ours, words that stand in every seventh record or more
    common_vs_mid_p95          ours, those words over words of every twelfth to fiftieth record
    ilike_vs_common_page_p95   the same as the first for the page alone: without excerpts and audit rows
    counted_vs_common_p95      ours with the count up to a thousand over ours
    district_vs_common_p95     ours in all forty schools at once over ours in one
    planner_vs_common_page_p95 left to the planner over the two steps of records.search_rows, the page alone
    common_vs_common_p95       the control: the same thing twice

All of it warm: each question is asked of tables that fit into memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from time import perf_counter
from uuid import UUID

from django.db import connection
from django.db.models import Q

from access.events import Actor, Door
from access.models import User
from loadtest.bench.district import ensure_district
from loadtest.bench.rounds import Ratio, Result, side_by_side
from records import rollout
from records.models import HealthRecord
from records.search import ROWS_A_PAGE, Place, Question, find, ids_of_page, pages_of_the_api, planned_each_time
from records.search_scope import Scope
from students.models import School

ROUNDS, QUESTIONS, SLOW_QUESTIONS = 7, 60, 8
PAGE = Place("/api/v1/records/search/", {})
# Share of the records that hold a word.
COMMON, MID, RARE = (0.14, 1.0), (0.02, 0.085), (0.0001, 0.004)
WORDS = "SELECT word, ndoc FROM ts_stat('SELECT words FROM records_searchentry') WHERE length(word) > 3"


@dataclass(frozen=True, slots=True)
class World:
    """Who asks, where, and for what."""

    by: Actor
    schools: Sequence[UUID]
    words: dict[str, list[str]]
    records: int

    @classmethod
    def found(cls) -> World:
        """Return the district of the benchmarks, its words sorted by how many records hold them."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM records_searchentry")
            (records,) = cursor.fetchone() or (0,)
            cursor.execute(WORDS)
            # A stem that ends in i is no part of the word it came from (allergi, allergy): ILIKE would not find it.
            shares = {word: number / records for word, number in cursor.fetchall() if not word.endswith("i")}
        user, _ = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
        return cls(
            by=Actor(user.pk, Door.API),
            schools=list(School.objects.filter(district__code="generated").values_list("pk", flat=True)),
            words={
                name: sorted(word for word, share in shares.items() if least <= share <= most)
                for name, (least, most) in (("common", COMMON), ("mid", MID), ("rare", RARE))
            },
            records=records,
        )

    def question(self, kind: str, *, everywhere: bool = False) -> Question:
        """Return a question about some word of that kind at some school, or at all."""
        at = tuple(self.schools) if everywhere else (random.choice(self.schools),)
        return Question(random.choice(self.words[kind]), Scope(at, at))


def p95(ask: Callable[[], object], questions: int) -> float:
    """Return the 95th percentile of the seconds that so many questions take."""
    seconds = []
    for _ in range(questions):
        started = perf_counter()
        ask()
        seconds.append(perf_counter() - started)
    return sorted(seconds)[int(0.95 * (questions - 1) + 0.5)]


def ilike(question: Question) -> list[HealthRecord]:
    """Return the page as one would write it without an index of words."""
    word = question.text
    holding = Q(description__icontains=word) | Q(notes__icontains=word) | Q(result__icontains=word)
    found = HealthRecord.objects.stands().filter(holding | Q(provider__icontains=word))
    return list(found.filter(student__school__in=question.scope.schools).newest_first()[:ROWS_A_PAGE])


def planned(question: Question) -> list[UUID]:
    """Return the page as PostgreSQL's planner finds it, told which word it is."""
    with planned_each_time():
        return list(question.entries().newest_first().values_list("pk", flat=True)[:ROWS_A_PAGE])


def check(world: World) -> None:
    """Raise RuntimeError unless ours, with the cache off, finds what a look at every record of the school finds."""
    rollout.remember(rollout.Rollout(percent=0), inf)
    for kind in ("common", "mid", "rare"):
        question = world.question(kind)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id FROM records_healthrecord r JOIN students_student s ON s.id = r.student_id"
                " WHERE s.school_id = %s AND r.status <> 'entered_in_error'"
                " AND records_search_words(r.description, r.result, r.notes, r.provider)"
                " @@ websearch_to_tsquery('english', %s) ORDER BY r.date DESC, r.id DESC LIMIT %s",
                [question.scope.schools[0], question.text, ROWS_A_PAGE],
            )
            true = [row[0] for row in cursor.fetchall()]
        if (found := ids_of_page(question, pages_of_the_api(), PAGE).ids) != true:
            raise RuntimeError(f"Search finds {len(found)} records where {len(true)} hold the word: nothing measured.")


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    world = World.found()
    check(world)

    def ours(kind: str, *, everywhere: bool = False, count: bool = False) -> Callable[[], float]:
        def ask() -> object:
            return find(world.by, world.question(kind, everywhere=everywhere), pages_of_the_api(), PAGE, count=count)

        return lambda: p95(ask, QUESTIONS)

    variants = {
        "ilike": lambda: p95(lambda: ilike(world.question("common")), SLOW_QUESTIONS),
        "common": ours("common"),
        "common again": ours("common"),
        "mid": ours("mid"),
        "counted": ours("common", count=True),
        "district": ours("common", everywhere=True),
        "planner": lambda: p95(lambda: planned(world.question("common")), QUESTIONS),
        "page": lambda: p95(lambda: ids_of_page(world.question("common"), pages_of_the_api(), PAGE), QUESTIONS),
    }
    ratios = {
        "ilike_vs_common_p95": Ratio("ilike", "common"),
        "common_vs_mid_p95": Ratio("common", "mid"),
        "ilike_vs_common_page_p95": Ratio("ilike", "page"),
        "counted_vs_common_p95": Ratio("counted", "common"),
        "district_vs_common_p95": Ratio("district", "common"),
        "planner_vs_common_page_p95": Ratio("planner", "page"),
        "common_vs_common_p95": Ratio("common again", "common"),
    }
    return side_by_side(
        "search",
        variants,
        ratios,
        "common_vs_common_p95",
        ROUNDS,
        records=world.records,
        schools=len(world.schools),
        words={kind: len(words) for kind, words in world.words.items()},
        common_p95_ms=round(ours("common")() * 1000, 1),
    )
