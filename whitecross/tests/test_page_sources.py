"""What the browser is given: nothing inline, nothing missing, nothing of others that was changed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# What a strict Content-Security-Policy would refuse, and what htmx would have to evaluate.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\shx-on|[\"']js:", re.IGNORECASE)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_holds_inline_script_or_style(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    drawn = {
        name
        for template in TEMPLATES
        for name in re.findall(r'include "parts/icon.html" with name="(\w+)"', template.read_text())
    }
    sprite = (ROOT / "static/vendor/uswds/3.14.0/img/icons.svg").read_text()
    assert drawn == set(re.findall(r'<symbol id="(\w+)"', sprite))


def test_every_file_that_the_stylesheets_name_is_there() -> None:
    folder = ROOT / "static" / "css"
    named = [
        (sheet.name, url)
        for sheet in folder.glob("*.css")
        for url in re.findall(r"url\(\"?([^)\"]+)\"?\)", sheet.read_text())
        if not url.startswith("data:")
    ]
    assert named
    assert [pair for pair in named if not (folder / pair[1]).resolve().is_file()] == []


def test_vendored_files_are_as_they_were_fetched() -> None:
    command = [sys.executable, str(ROOT / "tools" / "vendor.py")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stderr
