"""Bench `page`: the summary page for a nurse who is logged in, against a static page of the same size.

Both on the same web server. The static page is a rendered summary page without a template tag left in it; it has
sessions, the login and Django's template engine, and no other middleware. 16 connections, four nurses, 200 students,
whose summaries are cached.

    cpu_vs_static             the summary page over the static one, CPU of the server's processes
    rps_vs_static             the same, answers a second
    uncached_cpu_vs_static    the summary page without the cache, CPU
    static_vs_static          the control
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from devtools.trouble import Trouble
from loadtest.baselines.places import TEMPLATES_FOLDER
from loadtest.bench.district import ensure_district
from loadtest.bench.load import Asked, Generator, Load
from loadtest.bench.measured import under_load
from loadtest.bench.readers import Reader, each, readers
from loadtest.bench.rounds import Ratio, Result, side_by_side
from loadtest.bench.serving import Running, Server, manage, raw, serving
from records.cached import forget
from records.summary import CACHE
from students.models import Student

ROUNDS, SECONDS = 5, 2.0
SERVICE = Server("page", ready="/accounts/login/")
UNCACHED = Server("page-uncached", application="loadtest.baselines.uncached:application", ready="/accounts/login/")
STATIC = Server("static", "loadtest.baselines.page_settings", ready="/empty/")
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
PATH = "/students/{}/"
RATIOS = {
    "cpu_vs_static": Ratio("page cpu", "static cpu"),
    "rps_vs_static": Ratio("static wall", "page wall"),
    "uncached_cpu_vs_static": Ratio("uncached cpu", "static cpu"),
    "static_vs_static": Ratio("static again cpu", "static cpu"),
}


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    people = readers()
    with ExitStack() as stack:
        # Pages in production link to the hashed names that this gives to static files.
        manage(SERVICE, "collectstatic", "--noinput", "--verbosity", "0")
        up = stack.enter_context(serving([SERVICE, UNCACHED]))
        size = write_static_page(pages(people, up["page"]))
        up |= stack.enter_context(serving([STATIC]))
        generator = stack.enter_context(Generator())
        by_person = {person.user.pk: person.cookie() for person in people}
        page = [Asked(raw("GET", PATH.format(student), by_person[who.user.pk])) for who, student in each(people)]
        static = [Asked(raw("GET", "/page/", person.cookie(MODEL_BACKEND))) for person in people]
        check(up["static"], people[0], size)

        def warm() -> None:
            forget(f"{CACHE}:*")
            generator.fire(Load(up["page"].port, page, most=len(page))).checked("warming")

        def load(name: str, asks: list[Asked]) -> Any:
            return lambda: Load(up[name].port, asks, seconds=SECONDS)

        variants = {
            "static": under_load(generator, up["static"], load("static", static)),
            "static again": under_load(generator, up["static"], load("static", static)),
            "page": under_load(generator, up["page"], load("page", page), warm),
            "uncached": under_load(generator, up["page-uncached"], load("page-uncached", page)),
        }
        for variant in variants.values():
            variant()  # every thread has its connection and its templates
        return side_by_side(
            "page", variants, RATIOS, "static_vs_static", ROUNDS, connections=16, students=len(page), page_bytes=size
        )


def pages(people: list[Reader], service: Running) -> list[str]:
    """Return the pages of some students; raise Trouble unless each is that student's."""
    found = []
    for person in people:
        cookie = person.cookie()
        for student in Student.objects.filter(pk__in=person.students[:5]):
            status, _, body = service.get(PATH.format(student.pk), cookie)
            text = body.decode()
            if status != HTTPStatus.OK or student.family_name not in text or "wc-summary" not in text:
                raise Trouble(f"The summary page answers {status} and does not show its student. Nothing is measured.")
            found.append(text)
    return found


def write_static_page(found: list[str]) -> int:
    """Write the page of middling length as a template that says nothing else; return its bytes."""
    middle = statistics.median_low(map(len, found))
    text = next(page for page in found if len(page) == middle)
    TEMPLATES_FOLDER.mkdir(exist_ok=True)
    (TEMPLATES_FOLDER / "page.html").write_text("{% verbatim %}" + text + "{% endverbatim %}")
    return len(text.encode())


def check(static: Running, person: Reader, size: int) -> None:
    """Raise Trouble unless the static page is as long as the real one, and asks for a login."""
    status, _, body = static.get("/page/", person.cookie(MODEL_BACKEND))
    stranger, _, _ = static.get("/page/")
    if (status, len(body), stranger) != (HTTPStatus.OK, size, HTTPStatus.FOUND):
        raise Trouble(f"The static page: status {status}, {len(body)} bytes of {size}, without login {stranger}.")
