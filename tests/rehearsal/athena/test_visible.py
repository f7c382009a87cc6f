"""Columns that Trino would not find are not found."""

import pytest

from rehearsal.athena.errors import QueryFailed
from tests.rehearsal.athena.samples import sample


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "SELECT name AS l, count(*) FROM t GROUP BY l",
            "COLUMN_NOT_FOUND: Column 'l'",
        ),
        ("SELECT n + 1 AS m FROM t WHERE m > 1", "COLUMN_NOT_FOUND"),
        ("SELECT n + 1 AS m, m + 1 FROM t", "COLUMN_NOT_FOUND"),
        ("SELECT sum(n) AS s FROM t HAVING s > 1", "COLUMN_NOT_FOUND"),
        (
            "SELECT x + 1 AS m FROM (SELECT n AS x FROM t) WHERE m > 1",
            "COLUMN_NOT_FOUND",
        ),
        ("SELECT c + 1 AS m FROM v WHERE m > 1", "COLUMN_NOT_FOUND"),
        ("SELECT max(n) AS n FROM t GROUP BY name HAVING n > 1", "COLUMN_NOT_FOUND"),
        ("SELECT t FROM t", "COLUMN_NOT_FOUND"),
        ("SELECT x FROM (SELECT n FROM t) x", "COLUMN_NOT_FOUND"),
    ],
)
def test_a_column_that_only_as_names_is_not_found(sql: str, said: str) -> None:
    with pytest.raises(QueryFailed, match=said):
        sample().rows(sql)
