"""What happens when two people change one row: the second is told, and nothing is overwritten."""

from access.versions import StaleVersion

__all__ = ["StaleVersion"]
