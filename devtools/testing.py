"""`./dev test`: pytest on private servers, with a template database and a browser."""

import sys
from collections.abc import Sequence

from devtools.browser import find_or_install
from devtools.environment import environment
from devtools.locks import Lock
from devtools.places import state_folder
from devtools.processes import run_child
from devtools.services import services
from devtools.template import refresh_template
from devtools.trouble import Trouble

SLOTS = 8  # runs side by side on one state
WORKERS = "2"


def test(arguments: Sequence[str]) -> int:
    """Run pytest and return its exit status."""
    slot = _free_slot()
    browser, reason = find_or_install()
    with services("test", durable=False) as given:
        refresh_template(given)
        env = environment(
            given,
            WHITECROSS_OWNER_DATABASE_URL=given.owner_url,
            WHITECROSS_TEST_SLOT=str(slot.number),
            WHITECROSS_SILK="false",
            PYTEST_PLUGINS="devtools.pytest_services",  # before pytest-django reads the settings
            DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's loop runs in the thread of the test
            CHROMIUM=browser,
            WHITECROSS_NO_CHROMIUM=reason,
        )
        return run_child([sys.executable, "-m", "pytest", *in_parallel(arguments), *arguments], env)


class Slot(Lock):
    """What keeps runs side by side apart: their databases carry its number."""

    def __init__(self, number: int) -> None:
        super().__init__(state_folder("test") / f"slot-{number}.lock")
        self.number = number


def _free_slot() -> Slot:
    for number in range(SLOTS):
        slot = Slot(number)
        if slot.try_to_take():
            return slot
    raise Trouble(
        f"{SLOTS} test runs are under way on {state_folder()} already. "
        "Wait for one, or set WHITECROSS_STATE to another folder."
    )


def in_parallel(arguments: Sequence[str]) -> list[str]:
    """Return the option for two workers, unless the caller decides or wants to debug, which needs the one process."""
    chosen = (
        "-n",
        "--numprocesses",
        "--dist",
        "--pdb",
        "--trace",
        "--collect-only",
        "--co",
        "--fixtures",
        "--version",
        "--help",
        "-h",
    )
    if any(argument == "no:xdist" or argument.startswith(chosen) for argument in arguments):
        return []
    return ["-n", WORKERS]
