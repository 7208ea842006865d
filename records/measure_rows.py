"""The rows of a measuring sheet: what was typed in one, what becomes of it, and what the nurse is told."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from uuid_utils.compat import uuid7

from access.events import Actor
from access.gate import Pass
from records.actions import AlreadyMeasured, StaleVersion, mark_entered_in_error, record_measurement
from records.actions.record_measurement import How, made_here
from records.bmi_words import BmiWords, bmi_words
from records.child_sizes import Whose
from records.last_measures import measured_on
from records.measure_words import Round, who_and_what
from records.models import HealthRecord
from records.plausibility import Last, checks, meant_instead
from records.vital_signs import (
    Impossible,
    Measured,
    NotAMeasurement,
    read,
)
from students.models import Student

SIGNS = ("height", "weight")
LONGEST = 100
CHANGED = "Somebody changed this measurement a moment ago."
TAKEN_BACK = "Taken back on the measuring sheet."
SAVED = {
    How.RECORDED: "Saved",
    How.UNCHANGED: "Saved",
    How.COMPLETED: "Saved",
    How.CORRECTED: "Corrected, the earlier value is marked as entered in error; saved",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What a row sends. `token` is the key of the record that it will make, `record` the one that it made."""

    height: str
    weight: str
    token: UUID
    record: UUID | None
    confirm: str
    beside: frozenset[UUID]
    take_back: bool

    @classmethod
    def of(cls, sent: QueryDict, student_id: UUID) -> Typed:
        """Read a row; a senseless key counts as none."""
        height, weight, confirm = (_text(sent, student_id, name) for name in ("height", "weight", "confirm"))
        token, now = _key(_text(sent, student_id, "token")), uuid7()
        return cls(
            height=height,
            weight=weight,
            # Keys are in the order of their making, and so are the records of a day: none from the future.
            token=token if token and token.version == now.version and token < now else now,
            record=_key(_text(sent, student_id, "record")),
            confirm=confirm,
            beside=frozenset(filter(None, map(_key, sent.get(f"{student_id}-beside", "").split()))),
            take_back=bool(_text(sent, student_id, "take_back")),
        )

    @property
    def pair(self) -> str:
        """Both texts: what "Keep as typed" is said about, so that it holds for nothing else."""
        return f"{self.height}|{self.weight}"

    @property
    def empty(self) -> bool:
        """Whether neither height nor weight is typed."""
        return not self.height and not self.weight


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown. `state`: empty, saved, check, refused, already, clash, take_back."""

    student: Student
    state: str = "empty"
    height: str = ""
    weight: str = ""
    token: UUID = field(default_factory=uuid7)
    record: UUID | None = None
    confirm: str = ""
    beside: Sequence[UUID] = ()
    sentences: Sequence[str] = ()
    invalid: Sequence[str] = ()
    """The signs that the sentences are about."""
    saved: str = ""
    at: datetime.datetime | None = None
    bmi: BmiWords = field(default_factory=BmiWords)
    last: Sequence[str] = ()

    @property
    def wants_a_look(self) -> bool:
        """Whether something typed is not saved."""
        return self.state in ("check", "refused", "clash", "take_back")

    @property
    def measured(self) -> bool:
        """Whether the student has a height or weight of the day."""
        return self.state == "already" or self.record is not None


def row_as_it_is(student: Student, records: Sequence[HealthRecord], by: Actor, round_: Round) -> Row:
    """Return a student's row before anything is typed in it, with what the day already has (newest first)."""
    if not records:
        return Row(student)
    mine = records[0]
    if made_here(mine, by):
        return _saved(Row(student, record=mine.pk), mine, round_)
    return Row(student, state="already", sentences=[f"Already measured: {who_and_what(mine, round_)}."])


def take_row(look: Pass, student: Student, typed: Typed, round_: Round, last: Last | None) -> Row:
    """Save a row, or say what keeps it from being saved; what was typed stays in it. Each row is a transaction."""
    row = Row(
        student, height=typed.height, weight=typed.weight, token=typed.token, record=typed.record, confirm=typed.confirm
    )
    if typed.empty:
        return _emptied(look, row, typed, round_) if typed.record else Row(student, token=typed.token)
    whose = Whose(student.sex, student.birth_date)
    signs, errors = _read(typed, whose, round_)
    if errors:
        return replace(row, state="refused", sentences=list(errors.values()), invalid=list(errors))
    asked = checks(whose, round_.date, signs, last)
    if asked and typed.confirm != typed.pair:
        signs_asked = list(dict.fromkeys(check.sign for check in asked))
        return replace(row, state="check", sentences=[check.sentence for check in asked], invalid=signs_asked)
    return _recorded(look, row, signs, typed, round_)


def _recorded(look: Pass, row: Row, signs: Mapping[str, Measured], typed: Typed, round_: Round) -> Row:
    try:
        outcome = record_measurement(
            by=look.by, student_id=row.student.pk, date=round_.date, signs=signs, note=round_.note, token=typed.token,
            replaces=typed.record, beside=typed.beside, confidential=look.confidential,
        )  # fmt: skip
    except AlreadyMeasured as clash:
        sentences = [f"Already measured: {who_and_what(record, round_)}." for record in clash.records]
        # A key of now: the second measurement of a day is the later one.
        seen = [record.pk for record in clash.records]
        return replace(row, state="clash", token=uuid7(), beside=seen, sentences=sentences)
    except ValidationError as refused:
        return replace(row, state="refused", sentences=refused.messages)
    except StaleVersion:
        return replace(row, state="refused", sentences=[f"{CHANGED} Reload the page to see it; this is not saved."])
    return _saved(replace(row, token=uuid7(), record=outcome.record.pk), outcome.record, round_, SAVED[outcome.how])


def _emptied(look: Pass, row: Row, typed: Typed, round_: Round) -> Row:
    """A saved row was emptied: take back what it made, once the nurse says so."""
    records = measured_on(round_.date, [row.student.pk], confidential=look.confidential)[row.student.pk]
    mine = next((record for record in records if record.pk == typed.record and made_here(record, look.by)), None)
    if mine is None:
        return row_as_it_is(row.student, records, look.by, round_)
    if not typed.take_back:
        return replace(row, state="take_back", sentences=[f"Saved before: {who_and_what(mine, round_)}."])
    try:
        mark_entered_in_error(by=look.by, entry=mine, reason=TAKEN_BACK)
    except StaleVersion:
        return replace(row, state="take_back", sentences=[CHANGED])
    return Row(row.student, sentences=["Taken back; it is marked as entered in error."])


def _read(typed: Typed, whose: Whose, round_: Round) -> tuple[dict[str, Measured], dict[str, str]]:
    """Return the signs that were understood, and a sentence for each that was not."""
    signs: dict[str, Measured] = {}
    errors: dict[str, str] = {}
    for sign, text in (("height", typed.height), ("weight", typed.weight)):
        if not text:
            continue
        try:
            signs[sign] = read(sign, text, default_unit=round_.units[sign])
        except NotAMeasurement as error:
            errors[sign] = str(error)
        except Impossible as error:
            hint = meant_instead(sign, text, round_.units[sign], whose, round_.date)
            errors[sign] = f"{error} {hint}".strip()
    return signs, errors


def _saved(row: Row, record: HealthRecord, round_: Round, how: str = SAVED[How.RECORDED]) -> Row:
    """The row of what is saved; a row opened anew shows what was typed then."""
    vital = record.vital or {}
    words = bmi_words(
        Whose(row.student.sex, row.student.birth_date), record.date, vital.get("height_cm"), vital.get("weight_kg")
    )
    height, weight = (getattr(row, sign) or _typed_then(record, sign, round_) for sign in SIGNS)
    return replace(
        row, state="saved", height=height, weight=weight, confirm=f"{height}|{weight}", saved=how,
        at=record.updated_at, bmi=words,
    )  # fmt: skip


def _typed_then(record: HealthRecord, sign: str, round_: Round) -> str:
    typed = (record.vital_typed or {}).get(sign)
    if not typed:
        return ""
    same_unit = typed["unit"] in ("", round_.units[sign])
    return typed["value"] if same_unit else f"{typed['value']} {typed['unit']}"


def _text(sent: QueryDict, student_id: UUID, name: str) -> str:
    return sent.get(f"{student_id}-{name}", "").replace("\x00", "").strip()[:LONGEST]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
