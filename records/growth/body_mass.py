"""The body mass index alone, for whoever needs nothing else of a visit: a third of the work of a full assessment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from records.growth.assessment import body_mass_index, share_and_status
from records.growth.children import Children
from records.growth.codes import Measure
from records.growth.kernel import Scratch, blocks, measured
from records.growth.scores import Scores, has_infants, one_for_each
from records.growth.tables import Floats, Values


@dataclass(frozen=True, slots=True)
class BodyMass:
    """n visits, in their order; what `assess` gives for the same."""

    value: Floats
    """kg/m²"""
    percentile: Floats
    weight_status: NDArray[np.uint8]


def body_mass(children: Children, height_cm: Values, weight_kg: Values) -> BodyMass:
    """Return body mass index, percentile and weight status of n visits, as `assess` does; never raises for a value."""
    height, weight = (one_for_each(children, values) for values in (height_cm, weight_kg))
    size = len(children)
    bmi, share, status, one = np.empty(size), np.empty(size), np.empty(size, dtype=np.uint8), Scores.room_for(size)
    one.reason.fill(0)
    scratch, infants = Scratch(size), has_infants(children)
    with np.errstate(all="ignore"):
        for block in blocks(size):
            value, z, percentile, reason = bmi[block], one.z[block], one.percentile[block], one.reason[block]
            body_mass_index(height[block], weight[block], value, scratch)
            measured(Measure.BMI, children, block, value, z, percentile, reason, scratch, infants)
            share_and_status(
                children, block, value, percentile, reason, share[block], status[block], scratch, infants
            )  # fmt: skip
    return BodyMass(bmi, one.percentile, status)
