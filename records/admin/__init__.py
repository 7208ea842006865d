"""The admin of clinical rows, to read and to mark as entered in error, and of what is made from them."""

from records.admin import flags, growth, kinds, source

__all__ = ["flags", "growth", "kinds", "source"]
