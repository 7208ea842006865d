"""What the load test does: who does what how often, and how the load rises and falls. Read by generator and report.

A full run is 60 s at a tenth of the load, 120 s of rising, 300 s of full load, 60 s of twice as much, 60 s at a fifth.
A usual one takes less than 4 minutes; its rise is hardly shorter, because everybody logs in during it, and a login is
costly on purpose. The spike is made by the same people working twice as fast, not by twice as many: a run with 500
users never has more than 500.
"""

from __future__ import annotations

from dataclasses import dataclass

USERS, QUICK_USERS, STUDENTS = 500, 50, 20_000
# Out of a hundred journeys.
READ, WRITE, SEARCH = "read", "write", "search"
WEIGHTS = {READ: 60, WRITE: 30, SEARCH: 10}

LOGIN, RENEW = "login", "renew token"
SUMMARY, RECORDS, ALLERGIES, VITALS = "health summary", "records", "allergies", "vitals"
RECORD, SEEN = "record vitals", "summary after the write"
FIND = "search"
# The steps by journey, in their order. Everybody logs in once, and goes on from there.
STEPS = {
    LOGIN: (LOGIN, RENEW),
    READ: (SUMMARY, RECORDS, ALLERGIES, VITALS),
    WRITE: (RECORD, SEEN),
    SEARCH: (FIND,),
}

# Seconds, drawn evenly between the two: a look at a page, and from one child to the next.
THINK, BETWEEN = (1.0, 3.0), (3.0, 7.0)
# Children who come to the nurse of a school while the load test runs: 4 % of 500. All journeys are about them.
CHILDREN_A_SCHOOL = 20
# An access token lives 600 seconds.
RENEW_AFTER = 480.0


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the run: its length in seconds, the share of users at its ends, how many times the usual pace."""

    name: str
    seconds: float
    begins: float
    ends: float
    pace: float


STEADY = "steady"
# Seconds of the five phases. The trial is for the tests.
LENGTHS = {
    "trial": (1, 1, 2, 1, 1),
    "quick": (4, 8, 20, 4, 4),
    "usual": (15, 115, 60, 25, 15),
    "full": (60, 120, 300, 60, 60),
}
# The share of users at begin and end, and the pace.
SHAPES = (
    ("warm-up", 0.1, 0.1, 1.0),
    ("ramp up", 0.1, 1.0, 1.0),
    (STEADY, 1.0, 1.0, 1.0),
    ("spike", 1.0, 1.0, 2.0),
    ("ramp down", 0.2, 0.2, 1.0),
)
# More people do not come at once: each login takes about a sixth of a second of CPU time.
COME_A_SECOND = 4.5


def phases(length: str) -> tuple[Phase, ...]:
    """Return the phases of a quick (40 s), usual (230 s) or full (10 minutes) run."""
    return tuple(
        Phase(name, float(seconds), begins, ends, pace)
        for seconds, (name, begins, ends, pace) in zip(LENGTHS[length], SHAPES, strict=True)
    )


def seconds_of(some: tuple[Phase, ...]) -> float:
    """Return how long they take together."""
    return sum(phase.seconds for phase in some)


@dataclass(frozen=True, slots=True)
class Load:
    """What the load is to be: the share of the users, and their pace."""

    share: float
    pace: float


def load_at(some: tuple[Phase, ...], second: float) -> Load | None:
    """Return the load at that second of the run; None once it is over."""
    for phase in some:
        if second < phase.seconds:
            return Load(phase.begins + (phase.ends - phase.begins) * max(0.0, second) / phase.seconds, phase.pace)
        second -= phase.seconds
    return None
