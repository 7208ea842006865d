"""The admin of clinical rows: to read, and to mark as entered in error."""

from records.admin import flags, kinds, source

__all__ = ["flags", "kinds", "source"]
