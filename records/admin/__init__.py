"""The admin of clinical rows: to read, and to mark as entered in error."""

from records.admin import kinds, source

__all__ = ["kinds", "source"]
