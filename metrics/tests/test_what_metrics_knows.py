"""The metrics app knows nothing about a child: it imports no model of another app, and keeps none of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SOURCES = sorted((ROOT / "metrics").glob("*.py"))
OTHERS = ("access", "students", "records", "whitecross")
# Whoever serves pages and the API must know who asks; nothing of these is about a child.
MAY_IMPORT = {"access.api_door", "access.events", "access.request_id", "access.signals", "access.signed_in"}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_it_imports_no_model_of_another_app(path: Path) -> None:
    ours = {module for module in imports_of(path) if module.split(".")[0] in OTHERS}
    assert ours <= MAY_IMPORT


@pytest.mark.parametrize("app", ["access", "students", "records"])
def test_no_app_below_imports_metrics(app: str) -> None:
    for path in (ROOT / app).rglob("*.py"):
        if "tests" not in path.parts:
            assert not {module for module in imports_of(path) if module.split(".")[0] == "metrics"}, path


def test_it_has_no_model_of_its_own() -> None:
    assert list(apps.get_app_config("metrics").get_models()) == []


@pytest.mark.parametrize(
    ("environment", "installed"), [("production", False), ("staging", True), ("development", True)]
)
def test_the_profiler_which_keeps_values_is_never_where_real_children_are(environment: str, installed: bool) -> None:
    code = (
        "from django.conf import settings as s; from django.urls import get_resolver; import django; django.setup();"
        "print('silk' in s.INSTALLED_APPS, any('silk' in m for m in s.MIDDLEWARE),"
        " 'silk' in get_resolver().namespace_dict, s.SILKY_AUTHENTICATION and s.SILKY_AUTHORISATION,"
        " s.SILKY_MAX_REQUEST_BODY_SIZE, s.SILKY_MAX_RESPONSE_BODY_SIZE)"
    )
    env = os.environ | {"WHITECROSS_ENVIRONMENT": environment, "WHITECROSS_SILK": "true", "WHITECROSS_DEMO": "false"}
    asked = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == [str(installed)] * 3 + ["True", "0", "0"]
