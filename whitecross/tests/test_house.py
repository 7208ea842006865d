"""The house: who may import whom, and what a newcomer may rely on in every file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("access", "students", "records", "metrics")
FOLDERS = (*APPS, "whitecross", "devtools", "loadtest", "tools")
# Imports run one way: each app may import itself and these. whitecross knows all; nobody knows devtools.
MAY_IMPORT = {
    "access": {"access"},
    "students": {"access", "students"},
    "records": {"access", "students", "records"},
    "metrics": {"access", "metrics"},
    "whitecross": {*APPS, "whitecross"},
    "devtools": {"devtools"},
    "loadtest": {*FOLDERS},
    "tools": {*FOLDERS},
}
LONGEST_FILE = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools"}
# Made, not written: dependencies, data, what tools leave.
NOT_OURS = {"__pycache__", "node_modules", "staticfiles", "vendor"}
TEXT = {"", *".py .md .toml .txt .in .yml .yaml .html .css .scss .js .sh .json .cfg".split()}
# In two parts each, so that this file does not hold them.
MACHINES = (("/wo", "rk/"), ("/t", "mp/wc"), ("/ro", "ot/"), ("/ho", "me/"), ("/Us", "ers/"), ("C:", "\\"))
LATER = (("TO", "DO"), ("FIX", "ME"), ("XX", "X"))
SKIPS = re.compile(r"\b(skip|skipif|skipTest|importorskip|xfail)$")
# The tests' only reasons to be skipped: real data beside the checkout, and a browser.
ABSENT = re.compile(r"shared|chromium|reason", re.IGNORECASE)
LETS_IN = re.compile(r"visible_to\(|open_student\(|\.open\(")

PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if not NOT_OURS & set(path.parts))
OURS = [path for path in PYTHON if "migrations" not in path.parts]
SERVICE = [path for path in OURS if "tests" not in path.parts]


def named(path: Path) -> str:
    """Return the path as one speaks of it."""
    return str(path.relative_to(ROOT))


def app_of(path: Path) -> str:
    """Return the first folder of the path."""
    return path.relative_to(ROOT).parts[0]


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return every node of a file's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text(), named(path))))


def found(paths: Iterable[Path], look: Callable[[Path], Iterable[object]]) -> dict[str, list[object]]:
    """Return what a look finds, by file; an empty answer is what every test here wants."""
    return {named(path): findings for path in paths if (findings := list(look(path)))}


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of what a file imports."""
    for node in nodes(path):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(name), level=0, names=names):
                yield name
                yield from (f"{name}.{alias.name}" for alias in names)


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls in a file."""
    return (node for node in nodes(path) if isinstance(node, ast.Call))


def lines_with(pattern: re.Pattern[str]) -> Callable[[Path], Iterator[int]]:
    """Return a look that finds the numbers of the lines with the pattern."""

    def look(path: Path) -> Iterator[int]:
        lines = path.read_text(errors="replace").splitlines()
        return (number for number, line in enumerate(lines, 1) if pattern.search(line))

    return look


def texts() -> Iterator[Path]:
    """Yield every text of the repository that somebody wrote."""
    for path in sorted(ROOT.rglob("*")):
        folders = path.relative_to(ROOT).parts[:-1]
        hidden = any(folder.startswith(".") and folder not in (".ci", ".github") for folder in folders)
        if not hidden and not NOT_OURS & set(folders) and path.suffix in TEXT and path.is_file():
            yield path


def test_there_is_something_to_look_at() -> None:
    assert len(SERVICE) > 80
    assert {app_of(path) for path in SERVICE} >= {*APPS, "whitecross", "devtools"}


def test_imports_run_one_way() -> None:
    def against(path: Path) -> Iterable[str]:
        return {name.split(".")[0] for name in imported(path)} & {*FOLDERS} - MAY_IMPORT[app_of(path)]

    assert found(SERVICE, against) == {}


def test_metrics_imports_no_model_of_the_others() -> None:
    def models(path: Path) -> Iterable[str]:
        return (name for name in imported(path) if re.match(r"(access|students|records)\.models\b", name))

    assert found([path for path in SERVICE if app_of(path) == "metrics"], models) == {}


def test_nothing_is_imported_inside_a_function() -> None:
    def inside(path: Path) -> Iterator[str]:
        for function in nodes(path):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        yield f"line {node.lineno}"

    assert found(OURS, inside) == {}


def test_no_error_is_caught_wholesale() -> None:
    """To tidy up and raise it again is no catching, nor is to hand the error itself on to what answers for it."""

    def wholesale(path: Path) -> Iterator[str]:
        for node in nodes(path):
            match node:
                case ast.ExceptHandler(body=[*_, ast.Raise(exc=None)]):
                    continue
                case ast.ExceptHandler(name=str(error), body=[ast.Return(value=ast.expr() as answer)]) if any(
                    isinstance(n, ast.Name) and n.id == error for n in ast.walk(answer)
                ):
                    continue
                case ast.ExceptHandler(type=kinds):
                    names = {n.id for n in ast.walk(kinds) if isinstance(n, ast.Name)} if kinds else {"Exception"}
                    if names & {"Exception", "BaseException"}:
                        yield f"line {node.lineno}"

    assert found(OURS, wholesale) == {}


def test_every_file_is_short_enough_to_read() -> None:
    lengths = {named(path): len(path.read_text().splitlines()) for path in OURS}
    assert {name: length for name, length in lengths.items() if length >= LONGEST_FILE} == {}


def test_every_module_is_named_after_what_it_holds() -> None:
    # `tools` is a folder of scripts; allauth looks for a layout called base.
    modules = [path for path in OURS if path.stem in VAGUE or path.parent.name in VAGUE - {"tools"}]
    templates = [path for path in (ROOT / "templates").rglob("*.html") if path.stem.strip("_") in VAGUE - {"base"}]
    assert [named(path) for path in (*modules, *templates)] == []


def test_nothing_names_a_folder_of_somebodys_machine() -> None:
    folders = re.compile("|".join(re.escape(first + second) for first, second in MACHINES))
    assert found(texts(), lines_with(folders)) == {}


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b({})\b".format("|".join(first + second for first, second in LATER)))
    assert found(OURS, lines_with(later)) == {}


def test_every_tests_name_is_a_sentence() -> None:
    def short(path: Path) -> Iterator[str]:
        names = (node.name for node in nodes(path) if isinstance(node, ast.FunctionDef))
        return (name for name in names if name.startswith("test_") and name.count("_") < 2)

    assert found([path for path in OURS if path.name.startswith("test_")], short) == {}


def test_a_test_is_skipped_only_where_something_outside_is_absent() -> None:
    def unexplained(path: Path) -> Iterator[str]:
        skips = (ast.unparse(call) for call in calls(path) if SKIPS.search(ast.unparse(call.func)))
        return (skip for skip in skips if not ABSENT.search(skip))

    assert found(OURS, unexplained) == {}


def test_health_rows_are_never_deleted_by_the_service() -> None:
    def deletes(path: Path) -> Iterator[str]:
        named_delete = (call for call in calls(path) if isinstance(call.func, ast.Attribute))
        return (ast.unparse(call) for call in named_delete if re.search(r"\.(_raw_)?delete$", ast.unparse(call.func)))

    assert found([path for path in SERVICE if app_of(path) == "records"], deletes) == {}


def test_every_door_reaches_students_through_the_one_who_looks() -> None:
    """A view names Student.objects only where it asks what its caller may see, or where the gate let it in."""
    doors = [path for path in SERVICE if path.stem in ("views", "api") or path.parent.name in ("views", "api")]
    reaching = [path for path in doors if "Student.objects" in path.read_text()]
    assert reaching
    assert [named(path) for path in reaching if not LETS_IN.search(path.read_text())] == []
