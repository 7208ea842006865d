"""The entries of a Bundle, taken out of a stream of JSON one by one, so that memory does not grow with the file.

ijson's `basic_parse` gives the parser's events from C; the few lines here build values from them. ijson's own `items`
would be a third faster, but it keeps the path of every open level as text: a file of a hundred thousand opening
brackets takes it tens of gigabytes. Here nesting is bounded, and the Bundle's own fields are read in the same pass,
before or after its entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import ijson.backends.yajl2_c as yajl

# Real resources stay below 20 levels; beyond 100 it is an attack or an accident.
DEEPEST: Final = 100
CHUNK: Final = 64 * 1024


STARTS: Final = frozenset({"start_map", "start_array"})
ENDS: Final = frozenset({"end_map", "end_array"})


class TooDeep:
    """Stands for an entry that is nested deeper than any resource."""


class BundleAssembly:
    """Reads one JSON object; `entries()` gives the items of its `entry` list, `top` then holds its other fields."""

    def __init__(self, stream: BinaryIO, chunk: int = CHUNK) -> None:
        """Prepare to read `stream`, `chunk` bytes at a time."""
        self._events = yajl.basic_parse(stream, buf_size=chunk, use_float=True)
        self._stack: list[Any] = []  # what is open, the outermost first
        self._key = ""
        self._depth = 0  # more than the stack holds where nesting is too deep to be kept
        self._too_deep = False
        self._listed: list[Any] | None = None  # the entry list, which stays empty: its items leave at once
        self.top: Any = None
        self.streamed = False
        """Whether a list of entries was found."""

    @property
    def inside_entries(self) -> bool:
        """Tell whether the stream stands inside the entry list, where an error belongs to the next entry."""
        return self._listed is not None

    def entries(self) -> Iterator[Any]:
        """Yield each item of the entry list as soon as it is whole. Raises ijson.JSONError where the JSON breaks."""
        for event, value in self._events:
            if event == "map_key":
                self._key = value
            elif event in STARTS:
                self._open({} if event == "start_map" else [])
            elif event in ENDS:
                whole = self._close()
                if self._stack and self._stack[-1] is self._listed:
                    yield whole
            elif self._stack and self._stack[-1] is self._listed:
                yield value
            elif self._depth <= DEEPEST:
                self._put(value)
        if self._too_deep:
            self.top = TooDeep

    def _open(self, container: dict[str, Any] | list[Any]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._too_deep = True
            return
        if len(self._stack) == 1 and isinstance(container, list) and self._is_entry_list():
            self._listed, self.streamed = container, True
        self._put(container)
        self._stack.append(container)

    def _close(self) -> Any:
        """Close what is open and return it; an entry that went too deep is returned as such."""
        self._depth -= 1
        if self._depth >= DEEPEST:
            return None
        whole = self._stack.pop()
        if whole is self._listed:
            self._listed = None
        elif self._too_deep and self._stack and self._stack[-1] is self._listed:
            self._too_deep = False
            return TooDeep
        return whole

    def _put(self, value: Any) -> None:
        """Put a value where it belongs: into what is open, or at the top."""
        if not self._stack:
            self.top = value
            return
        parent = self._stack[-1]
        if isinstance(parent, dict):
            parent[self._key] = value
        elif parent is not self._listed:
            parent.append(value)

    def _is_entry_list(self) -> bool:
        """Tell whether this is the list of a Bundle; a FHIR List has an `entry` too, and says first what it is."""
        top = self._stack[0]
        return self._key == "entry" and isinstance(top, dict) and top.get("resourceType", "Bundle") == "Bundle"
