"""What happens when two people change one row: the second is told, and nothing is overwritten."""


class StaleVersion(Exception):
    """The row was changed by someone else since it was read; nothing was written."""
