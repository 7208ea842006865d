"""Everything about one visit's height and weight: the full row that is stored, shown and counted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from records.growth.ages import LAST_CDC_DAY
from records.growth.children import Children
from records.growth.codes import Measure, Reason, WeightStatus
from records.growth.implausible import flag_cdc, flag_who, modified_z
from records.growth.kernel import Scratch, blocks, measured
from records.growth.scores import Scores, has_infants, one_for_each
from records.growth.tables import Floats, Values
from records.growth.weight_status import share_of_p95, status_of_adult, status_of_child


@dataclass(frozen=True, slots=True)
class Assessed(Scores):
    """Scores of n measurements, and whether they are believable."""

    modified_z: Floats
    """CDC's modified z-score; NaN without answer and under 24 months."""
    implausible: NDArray[np.int8]
    """-1 implausibly low, 1 implausibly high: check the value. 0 where nothing is to be said."""

    @classmethod
    def room_for(cls, length: int) -> "Assessed":
        """Return arrays to be written into."""
        z, percentile, modified = (np.empty(length) for _ in range(3))
        return cls(z, percentile, np.empty(length, dtype=np.uint8), modified, np.empty(length, dtype=np.int8))


@dataclass(frozen=True, slots=True)
class Assessment:
    """n visits, in their order."""

    height: Assessed
    weight: Assessed
    bmi: Assessed
    bmi_value: Floats
    """kg/m², from unrounded metric values; NaN where height or weight is missing or none."""
    percent_of_p95: Floats
    """Body mass index as a percentage of CDC's 95th percentile; NaN without a CDC chart."""
    weight_status: NDArray[np.uint8]
    """WeightStatus of each; of adults too, whose `bmi` has no z-score."""

    @classmethod
    def room_for(cls, length: int) -> "Assessment":
        """Return arrays to be written into, for a caller that assesses many batches of one size."""
        height, weight, bmi = (Assessed.room_for(length) for _ in range(3))
        status = np.empty(length, dtype=np.uint8)
        return cls(height, weight, bmi, np.empty(length), np.empty(length), status)


def assess(children: Children, height_cm: Values, weight_kg: Values, out: Assessment | None = None) -> Assessment:
    """Assess n visits: height, weight and body mass index, their z-scores, percentiles and flags, the weight status.

    NaN or None is a missing value; each measure answers or gives its Reason by itself. Never raises for a value. A
    length taken lying or standing against the chart's custom goes through stature.on_chart first. `out` is filled and
    returned where given.
    """
    height, weight = (one_for_each(children, values) for values in (height_cm, weight_kg))
    result = out or Assessment.room_for(len(children))
    for one in (result.height, result.weight, result.bmi):
        one.reason.fill(Reason.ANSWERED)
    scratch = Scratch(len(children))
    infants = has_infants(children)
    with np.errstate(all="ignore"):
        for block in blocks(len(children)):
            body_mass_index(height[block], weight[block], result.bmi_value[block], scratch)
            values = {Measure.HEIGHT: height, Measure.WEIGHT: weight, Measure.BMI: result.bmi_value}
            for measure, one in zip(values, (result.height, result.weight, result.bmi), strict=True):
                _assess_one(measure, children, block, values[measure][block], one, scratch, infants)
            _weigh(children, block, result, scratch, infants)
    return result


def body_mass_index(height_cm: Floats, weight_kg: Floats, bmi: Floats, scratch: Scratch) -> None:
    """Write kg/m² of one block; NaN where height or weight is missing, not above zero or infinite."""
    square, usable = scratch.first[: len(bmi)], scratch.mask[: len(bmi)]
    np.greater(height_cm, 0, out=usable)
    np.multiply(height_cm, height_cm, out=square)
    np.multiply(weight_kg, 10_000.0, out=bmi)
    np.divide(bmi, square, out=bmi)
    # Zero and infinity come of a weight or height that is none; NaN fails the comparison too.
    np.logical_and(usable, bmi > 0, out=usable)
    np.logical_and(usable, bmi < np.inf, out=usable)
    if not usable.all():
        bmi[~usable] = np.nan


def _assess_one(
    measure: Measure, children: Children, block: slice, value: Floats, one: Assessed, scratch: Scratch, infants: bool
) -> None:
    z, percentile, reason = one.z[block], one.percentile[block], one.reason[block]
    modified, flag = one.modified_z[block], one.implausible[block]
    lms, row = children.table(measure), children.row[block]
    measured(measure, children, block, value, z, percentile, reason, scratch, infants)
    modified_z(lms, row, value, modified, scratch)
    if reason.any():
        modified[reason != Reason.ANSWERED] = np.nan
    flag_cdc(measure, modified, flag, scratch)
    if infants:
        flag_who(measure, children, block, z, flag)


def _weigh(children: Children, block: slice, result: Assessment, scratch: Scratch, infants: bool) -> None:
    bmi, reason = result.bmi_value[block], result.bmi.reason[block]
    share, status = result.percent_of_p95[block], result.weight_status[block]
    share_and_status(children, block, bmi, result.bmi.percentile[block], reason, share, status, scratch, infants)
    if reason.any():
        # A body mass index that is not there says so for the reason of the height or weight that is no measurement.
        unclear = reason == Reason.NOT_MEASURED
        for part in (result.height.reason[block], result.weight.reason[block]):
            reason[unclear & (part == Reason.NOT_A_MEASUREMENT)] = Reason.NOT_A_MEASUREMENT


def share_and_status(
    children: Children, block: slice, bmi: Floats, percentile: Floats, reason: NDArray[np.uint8], share: Floats,
    status: NDArray[np.uint8], scratch: Scratch, infants: bool,
) -> None:  # fmt: skip
    """Write percentage of the 95th percentile and weight status of one block, from its scored body mass indexes."""
    share_of_p95(children.table(Measure.BMI), children.row[block], bmi, share)
    unanswered = bool(reason.any())
    if unanswered:
        share[reason != Reason.ANSWERED] = np.nan
    status_of_child(bmi, percentile, share, status, scratch)
    if infants or unanswered:
        status[np.isnan(share)] = WeightStatus.NONE
        grown = children.age_days[block] > LAST_CDC_DAY
        status[grown] = status_of_adult(bmi[grown])
