"""Every write of health data: keyword-only, `by` the actor, atomic, the audit row and freshness inside."""

from records.actions.close_follow_up import close_follow_up
from records.actions.mark_entered_in_error import mark_entered_in_error
from records.actions.record_measurement import AlreadyMeasured, record_measurement
from records.actions.record_vital_signs import record_vital_signs
from records.actions.stale_version import StaleVersion

__all__ = [
    "AlreadyMeasured",
    "StaleVersion",
    "close_follow_up",
    "mark_entered_in_error",
    "record_measurement",
    "record_vital_signs",
]
