"""Values as Athena prints them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.athena.values import text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, "true"),
        (7, "7"),
        ("a b", "a b"),
        (0.9, "0.9"),
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.00095, "9.5E-4"),
        (1.5e-300, "1.5E-300"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 1, 2, 3, 456789), "2026-01-31 01:02:03.456"),
        (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31 00:00:00.000 UTC"),
        (["a", None, 1.0], "[a, null, 1.0]"),
        ({"label": "face", "score": 0.9}, "{label=face, score=0.9}"),
        ([{"box": [1.0, 2.5]}], "[{box=[1.0, 2.5]}]"),
    ],
)
def test_a_value_is_written_as_in_athenas_results(value: Any, written: str) -> None:
    assert text(value) == written
