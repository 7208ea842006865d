"""Bench `growth`: the kernel against the least that such a calculation can cost, and against rcpchgrowth.

The floor is one pass of log, exp and ndtr over 100,000 values, in blocks and with buffers like the kernel's: the same
three functions on the very numbers that the kernel hands them (measurement over median, L times its log, z-score),
since ndtr's cost depends on its argument; no tables, no checks, no reasons. An evaluation is z-score and percentile of
one value.

    height_vs_floor  height, from sex and age in days to z, percentile and reason
    bmi_vs_floor     body mass index with the extended method above the 95th percentile
    row_vs_floor     the full row, an evaluation: 3 z, 3 percentiles, 3 modified z, 3 flags, share of the 95th, status;
                     its time over the floor's time for the same three arrays
    vs_rcpchgrowth   measurements a second over rcpchgrowth's, heights
    small_vs_floor   rate of height over the floor's rate, 1,000 at a time
    floor_vs_floor   the control: the floor against itself

Children are drawn at random between 2 and 20 years and come in no order; nobody is missing. Costs are CPU time of the
thread, so that a neighbor on the machine weighs less. Nothing here multiplies matrices, so OpenBLAS plays no part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy
from scipy.special import ndtr

from loadtest.bench.apart import Helper
from loadtest.bench.rounds import Ratio, Result, side_by_side
from records.growth import Assessment, Children, Measure, Scores, assess, measurement_at, scores
from records.growth.kernel import BLOCK, blocks
from records.growth.tables import Floats, day_table

MANY, FEW = 100_000, 1_000
ROUNDS, CALLS = 15, 3
RCPCH_ROUND = 300  # measurements a round: about a tenth of a second
RCPCH_AGREES = 0.01  # z: it interpolates by other curves and differs by up to 0.001; more would be another question


@dataclass(frozen=True, slots=True)
class District:
    """Measurements of as many children, one each."""

    sex: np.ndarray
    days: np.ndarray
    height: Floats
    weight: Floats
    bmi: Floats

    @classmethod
    def drawn(cls, number: int, seed: int = 5) -> District:
        """Draw children by age and z-score; about one in eight lies above the 95th percentile of body mass index."""
        chance = np.random.default_rng(seed)
        sex = chance.integers(1, 3, number).astype(np.uint8)
        days = chance.integers(731, 7305, number).astype(np.int32)
        children = Children.of_days(sex, days)
        height = measurement_at(Measure.HEIGHT, children, chance.normal(0, 1, number)).value
        bmi = measurement_at(Measure.BMI, children, np.minimum(chance.normal(0.4, 1.1, number), 4)).value
        return cls(sex, days, height, bmi * (height / 100) ** 2, bmi)

    def part(self, block: slice) -> District:
        """Return some of the children."""
        return District(self.sex[block], self.days[block], self.height[block], self.weight[block], self.bmi[block])


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the kernel hands to log, exp and ndtr for one measure."""

    ratio: Floats
    exponent: Floats
    z: Floats

    @classmethod
    def of(cls, measure: Measure, district: District, value: Floats) -> Arguments:
        """Return them for these measurements."""
        children, lms = Children.of_days(district.sex, district.days), day_table(measure)
        ratio = value / lms.median[children.row]
        return cls(ratio, lms.power[children.row] * np.log(ratio), scores(measure, children, value).z)

    def floor(self, out: Floats, scratch: Floats) -> None:
        """Do the bare pass."""
        for block in blocks(len(self.z)):
            work = scratch[: block.stop - block.start]
            np.log(self.ratio[block], out=work)
            np.exp(self.exponent[block], out=work)
            ndtr(self.z[block], out=out[block])


def bare(several: list[Arguments], out: Floats, scratch: Floats) -> None:
    """Do one bare pass after another."""
    for one in several:
        one.floor(out, scratch)


def timed(work: Callable[[], object], calls: int = CALLS) -> Callable[[], float]:
    """Return a variant that does the work some times and gives the seconds of one."""

    def variant() -> float:
        start = time.thread_time()
        for _ in range(calls):
            work()
        return (time.thread_time() - start) / calls

    return variant


def floors(district: District) -> dict[str, Callable[[], float]]:
    """Return the bare passes over height, body mass index, all three, and height in small batches."""
    out, scratch = np.empty(len(district.days)), np.empty(BLOCK)
    values = {Measure.HEIGHT: district.height, Measure.WEIGHT: district.weight, Measure.BMI: district.bmi}
    passes = {measure: Arguments.of(measure, district, value) for measure, value in values.items()}
    height = passes[Measure.HEIGHT]
    small = [Arguments(height.ratio[part], height.exponent[part], height.z[part]) for part in parts(len(district.days))]
    return {
        "floor": timed(lambda: height.floor(out, scratch)),
        "floor again": timed(lambda: height.floor(out, scratch)),
        "floor bmi": timed(lambda: passes[Measure.BMI].floor(out, scratch)),
        "floor row": timed(lambda: bare(list(passes.values()), out, scratch)),
        "floor small": timed(lambda: bare(small, out, scratch)),
    }


def kernels(district: District) -> dict[str, Callable[[], float]]:
    """Return what White Cross does with the same children, from sex and age on, into arrays that are there."""
    single, row, few = (
        Scores.room_for(len(district.days)),
        Assessment.room_for(len(district.days)),
        Scores.room_for(FEW),
    )
    small = [district.part(part) for part in parts(len(district.days))]

    def score(measure: Measure, some: District, value: Floats, out: Scores) -> None:
        scores(measure, Children.of_days(some.sex, some.days), value, out)

    def score_small() -> None:
        for some in small:
            score(Measure.HEIGHT, some, some.height, few)

    return {
        "height": timed(lambda: score(Measure.HEIGHT, district, district.height, single)),
        "bmi": timed(lambda: score(Measure.BMI, district, district.bmi, single)),
        "row": timed(
            lambda: assess(Children.of_days(district.sex, district.days), district.height, district.weight, row)
        ),
        "small": timed(score_small),
    }


def parts(length: int) -> list[slice]:
    """Return the slices of a thousand."""
    return [slice(start, start + FEW) for start in range(0, length - FEW + 1, FEW)]


def rcpchgrowth(helper: Helper, district: District) -> Callable[[], float]:
    """Return the variant that asks rcpchgrowth for some heights, after checking that both mean the same."""
    some = district.part(slice(0, RCPCH_ROUND))
    question = {
        "sex": ["male" if sex == 1 else "female" for sex in some.sex],
        "age": (some.days / 365.25).tolist(),
        "height": some.height.tolist(),
    }
    ours = scores(Measure.HEIGHT, Children.of_days(some.sex, some.days), some.height).z
    difference = np.abs(ours - np.array(helper.ask(question)["z"])).max()
    if difference > RCPCH_AGREES:
        raise RuntimeError(f"rcpchgrowth's z-scores differ by {difference:.4f}: the comparison would be of two things.")
    return lambda: float(helper.ask(question)["seconds"]) / RCPCH_ROUND


def run() -> Result:
    """Measure and return the ratios."""
    district = District.drawn(MANY)
    ratios = {
        "height_vs_floor": Ratio("height", "floor"),
        "bmi_vs_floor": Ratio("bmi", "floor bmi"),
        "row_vs_floor": Ratio("row", "floor row"),
        "vs_rcpchgrowth": Ratio("rcpchgrowth", "height", factor=MANY),
        "small_vs_floor": Ratio("floor small", "small"),
        "floor_vs_floor": Ratio("floor again", "floor"),
    }
    script = Path(__file__).with_name("rcpchgrowth_rate.py")
    with Helper(script) as helper:
        variants = {**floors(district), **kernels(district), "rcpchgrowth": rcpchgrowth(helper, district)}
        floor = variants["floor"]()
        return side_by_side(
            "growth",
            variants,
            ratios,
            "floor_vs_floor",
            ROUNDS,
            clock="CPU time of the thread",
            numpy=np.__version__,
            scipy=scipy.__version__,
            floor_evaluations_per_second=round(MANY / floor),
        )
