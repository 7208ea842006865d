"""Reads what the code and the documents say, for the tests that hold them together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"[A-Z][A-Z0-9_]{3,}")
FENCE = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
INLINE = re.compile(r"`([^`\n]+)`")


def variables_read(*folders: Path) -> set[str]:
    """Return the variables of the environment that the Python code in the folders reads; tests are left out."""
    return {name for folder in folders for path in sources(folder) for name in _variables(ast.parse(path.read_text()))}


def sources(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder without its tests and migrations."""
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations", "__pycache__"} & set(path.parts):
            yield path


def _variables(tree: ast.Module) -> Iterator[str]:
    """Yield the names in env.str("…"), os.environ["…"] and the like, required("…"), and the default of database()."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=asked), args=[ast.Constant(value=str(name)), *_]) if _is_environment(
                asked
            ) and NAME.fullmatch(name):
                yield name
            case ast.Call(func=ast.Name(id="required" | "database"), args=[ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Subscript(value=asked, slice=ast.Constant(value=str(name))) if _is_environment(asked):
                yield name
            case ast.FunctionDef(name="database", args=ast.arguments(defaults=[ast.Constant(value=str(name))])):
                yield name


def _is_environment(value: ast.expr) -> bool:
    return ast.unparse(value) in {"env", "os.environ"}


def code_in(page: str) -> list[str]:
    """Return what a Markdown page sets as code: each inline span, and each line of each block."""
    lines = [line.strip() for block in FENCE.findall(page) for line in block.splitlines()[1:-1]]
    return [*spans_in(page), *filter(None, lines)]


def spans_in(page: str) -> list[str]:
    """Return the inline code of a Markdown page."""
    return INLINE.findall(FENCE.sub("", page))


def links_in(page: str) -> list[str]:
    """Return the targets of the links and pictures of a Markdown page that stay in the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors_in(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table_in(page: str, first_cell: str) -> list[list[str]]:
    """Return the rows of the table whose head begins with this cell, the head first; raise ValueError without one."""
    lines = page.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(f"| {first_cell} |")), None)
    if start is None:
        raise ValueError(f"there is no table that begins with {first_cell}")
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]
