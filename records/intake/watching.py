"""Whoever watches an import is told how far it is."""

from typing import Protocol


class Watcher(Protocol):
    """Is told how far the import is."""

    def begin(self, phase: str, total: int | None) -> None:
        """A phase begins; it has that many steps, None where nobody knows."""

    def step(self, steps: int = 1) -> None:
        """So many steps are done."""


class Unwatched:
    """Nobody looks."""

    def begin(self, phase: str, total: int | None) -> None:
        """Do nothing."""

    def step(self, steps: int = 1) -> None:
        """Do nothing."""
