"""What the tests of benchmarks share: a district of any size will do."""

import pytest

from loadtest.bench import district


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a benchmark run on the few students that a test makes."""
    monkeypatch.setattr(district, "STUDENTS", 0)
