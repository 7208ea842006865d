"""A length taken lying or standing against the custom of the child's age is put right before it meets the chart."""

from __future__ import annotations

import numpy as np

from records.growth import on_chart


def test_a_lying_length_from_24_months_on_loses_eight_millimeters() -> None:
    """CDC's charts from 24 months are for standing children."""
    assert on_chart([90.0, 90.0], [731, 731], [True, False]).tolist() == [90.0 - 0.8, 90.0]


def test_a_standing_height_under_24_months_gains_seven_millimeters() -> None:
    """WHO's standards under 24 months are for lying children."""
    assert on_chart([86.0, 86.0], [730, 730], [True, False]).tolist() == [86.0, 86.0 + 0.7]


def test_a_missing_height_stays_missing() -> None:
    assert np.isnan(on_chart([np.nan], [800], [True])).all()
