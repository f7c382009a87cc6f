"""What others than Trino understand is refused."""

import pytest

from rehearsal.athena.errors import QueryFailed
from tests.rehearsal.athena.samples import sample


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT n::varchar FROM t", "does not know ::"),
        ("SELECT n == 7 FROM t", "does not know =="),
        ("SELECT name RLIKE 'a' FROM t", "does not know RLIKE"),
        ("SELECT name ILIKE 'a' FROM t", "this operator"),
        ("SELECT n & 1 FROM t", "this operator"),
        ("SELECT n DIV 2 FROM t", "this operator"),
        ("SELECT n, FROM t", "a comma before FROM"),
        ("SELECT 'a' 'b'", "texts that follow"),
        ("SELECT n FROM t LIMIT 1 OFFSET 1", "LIMIT before OFFSET"),
        ("SELECT n FROM t LIMIT 10%", "a limit in percent"),
        ("FROM t SELECT n", "begins with FROM"),
        ("SELECT * EXCLUDE (n) FROM t", "columns but some"),
        ("SELECT DISTINCT ON (n) n FROM t", "this DISTINCT"),
        ("SELECT count(DISTINCT n, name) FROM t", "this DISTINCT"),
        ("SELECT name, count(*) FROM t GROUP BY ALL", "GROUP BY ALL"),
        ("SELECT 1 FROM t SEMI JOIN t x ON true", "this kind of JOIN"),
        ("SELECT 1 AS a UNION BY NAME SELECT 2 AS a", "BY NAME"),
    ],
)
def test_what_trino_cannot_read_fails(sql: str, said: str) -> None:
    with pytest.raises(QueryFailed, match=said):
        sample().rows(sql)
