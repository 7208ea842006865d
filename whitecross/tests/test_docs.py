"""README, CONTRIBUTING, CHANGELOG and docs/ tell the truth: what they name exists, and what exists is in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.urls import Resolver404, resolve

from access.roles import ROLES, Permission
from devtools.__main__ import COMMANDS
from records.demo.staff import LOGINS, PASSWORD, SUPERUSER
from whitecross.problems import NoSuchAddress
from whitecross.tests.reading import anchors_in, code_in, links_in, sources, spans_in, table_in, variables_read

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
every_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)

APPS = [ROOT / name for name in ("whitecross", "access", "students", "records", "metrics")]
OPERATING = (ROOT / "docs/operating.md").read_text()
ADDING = (ROOT / "docs/adding-a-record-type.md").read_text()
LONGEST_PAGE = 150  # lines

# Made by ./dev, so not there before; and a time zone.
NO_FILES = {".venv/", ".local/", "America/New_York"}
FILE = re.compile(r"[\w.-]+(/[\w.*-]+)*\.(py|md|yml|toml|txt|in|sh|html)|[\w.-]+(/[\w.*-]+)*/|[\w.-]+(/[\w.*-]+)+")
ADDRESS = re.compile(r"(?:(?:GET|POST|PATCH) )?(/[\w<>/.-]*)")
# Beginnings of addresses; the profiler, which the tests do not install; folders of a machine.
NO_PAGES = re.compile(r"/api/v1/|/silk/|/var/.*|/path")
SOMEBODY = UUID(int=7)
# Read by a library (prometheus_client, where there are several web processes) or by .ci/run.
READ_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR", "CI"}
# What we set for ourselves; nobody else needs to know.
OUR_OWN = {
    "DJANGO_SETTINGS_MODULE",
    "PYTEST_XDIST_WORKER",
    "WHITECROSS_NO_CHROMIUM",
    "WHITECROSS_OWNER_DATABASE_URL",
    "WHITECROSS_TEST_SLOT",
}


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links_in(page.read_text()):
        name, _, anchor = target.partition("#")
        found = (page.parent / name) if name else page
        assert found.exists(), f"{target} does not exist"
        if anchor:
            assert anchor in anchors_in(found.read_text()), f"{target}: no such heading"


@every_page
def test_every_file_and_folder_that_is_named_exists(page: Path) -> None:
    named = [span for span in spans_in(page.read_text()) if FILE.fullmatch(span) and span not in NO_FILES]
    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/")))]
    assert not missing


@every_page
def test_every_address_that_is_named_is_served(page: Path) -> None:
    for span in spans_in(page.read_text()):
        match = ADDRESS.fullmatch(span)
        if not match or NO_PAGES.fullmatch(match[1]):
            continue
        address = match[1].replace("<uuid>", str(SOMEBODY))
        try:
            view = resolve(address).func
        except Resolver404:
            pytest.fail(f"nothing is served at {address}")
        assert getattr(view, "view_class", None) is not NoSuchAddress, f"nothing is served at {address}"


@every_page
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    for line in code_in(page.read_text()):
        for command in re.findall(r"\./dev +([a-z]\w*)", line):
            assert command in COMMANDS, f"./dev {command}"
        for command, rest in re.findall(r"(?:\./dev manage|manage\.py) +([a-z]\w*)(.*)", line):
            assert command in get_commands(), f"manage.py {command}"
            missing = set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options_of(command)
            assert not missing, f"manage.py {command} has no {missing}"


def options_of(name: str) -> set[str]:
    """Return the options of a management command."""
    app = get_commands()[name]
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    parser = command.create_parser("manage.py", name)
    return {option for action in parser._actions for option in action.option_strings}


@every_page
def test_no_page_is_longer_than_one_likes_to_read(page: Path) -> None:
    assert len(page.read_text().splitlines()) <= LONGEST_PAGE


def documented() -> set[str]:
    """Return the variables that docs/operating.md explains."""
    return {span for span in spans_in(OPERATING) if re.fullmatch(r"[A-Z][A-Z_]+", span)}


def test_every_variable_that_the_settings_read_is_explained() -> None:
    read = variables_read(*APPS, ROOT / "devtools") - OUR_OWN
    assert read - documented() == set()


def test_every_variable_that_is_explained_is_read() -> None:
    table = {name for row in table_in(OPERATING, "variable")[1:] for name in spans_in(row[0])}
    assert table - variables_read(*APPS) - READ_ELSEWHERE == set()


def test_the_table_of_who_sees_what_is_that_of_the_code() -> None:
    head, *rows = table_in((ROOT / "docs/privacy.md").read_text(), "permission")
    roles = {role.name: role for role in ROLES.values()}
    assert set(head[1:]) == set(roles)
    assert [spans_in(row[0])[0] for row in rows] == [permission.value for permission in Permission]
    for permission, row in zip(Permission, rows, strict=True):
        for name, cell in zip(head[1:], row[1:], strict=True):
            held = permission in roles[name].permissions
            assert cell == ("yes" if held else "no"), f"{name}: {permission}"


def test_the_readme_introduces_the_people_of_the_demo() -> None:
    readme = (ROOT / "README.md").read_text()
    introduced = [spans_in(row[0])[0] for row in table_in(readme, "login")[1:]]
    assert introduced == [*(login.username for login in LOGINS), SUPERUSER[0]]
    assert f"`{PASSWORD}`" in readme


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    pages = sorted(ROOT.glob("docs/adr/[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    listed = links_in((ROOT / "docs/adr/README.md").read_text())
    assert listed == [page.name for page in pages]


def test_each_file_that_knows_allergies_is_on_the_way_to_a_new_kind() -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in sources(app)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("records.models")
        for name in node.names
        if name.name == "Allergy"
    }
    assert "records/summary.py" in knowing
    assert knowing - set(spans_in(ADDING)) == set()


def test_the_license_is_the_one_that_the_project_names() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
