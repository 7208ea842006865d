"""Every write of health data: keyword-only, `by` the actor, atomic, the audit row and freshness inside."""

from records.actions.mark_entered_in_error import mark_entered_in_error
from records.actions.record_vital_signs import record_vital_signs
from records.actions.stale_version import StaleVersion

__all__ = ["StaleVersion", "mark_entered_in_error", "record_vital_signs"]
