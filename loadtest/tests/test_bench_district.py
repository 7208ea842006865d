"""The district that benchmarks read is as large as they say, or nothing is measured."""

import pytest

from access.tests.people import make_district, make_school, make_student
from devtools.trouble import Trouble
from loadtest.bench.district import CODE, ensure_district


def test_a_district_that_is_too_small_is_not_measured(db: None) -> None:
    make_student(make_school("first", district=make_district(CODE)))
    ensure_district(1)
    with pytest.raises(Trouble, match="has 1 students, not 2"):
        ensure_district(2)
