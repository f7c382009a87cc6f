"""What is wrong, or what nobody rehearses, fails and says so."""

import pytest

from rehearsal.athena.errors import QueryFailed
from tests.rehearsal.athena.catalogs import JSON_SERDE, columns, plain_table
from tests.rehearsal.athena.fakes import BUCKET, FakeSight
from tests.rehearsal.athena.samples import sample


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT day + INTERVAL '1' DAY FROM t", "told what day is"),
        ("SELECT n = '7' FROM t", "TYPE_MISMATCH.*BIGINT and VARCHAR"),
        ("SELECT 1 FROM t WHERE name > 1", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t WHERE name = n", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t WHERE day = '2026-01-31'", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t WHERE day IN ('2026-01-31')", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t WHERE day BETWEEN '2026-01-01' AND '2027'", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t WHERE name BETWEEN 1 AND 2", "TYPE_MISMATCH"),
        ("SELECT 1 FROM t x JOIN t y ON x.name = y.n", "TYPE_MISMATCH"),
        ("SELECT coalesce(n, 'x') FROM t", "TYPE_MISMATCH"),
        ("SELECT name || n FROM t", "TYPE_MISMATCH"),
        ("SELECT concat(name, n) FROM t", "TYPE_MISMATCH"),
        ("SELECT nullif(n, '7') FROM t", "TYPE_MISMATCH"),
        ("SELECT current_date - 7", "TYPE_MISMATCH"),
        ("SELECT 1 + day FROM t", "TYPE_MISMATCH"),
        ("SELECT CAST('7.5' AS bigint)", r"Cannot cast 7\.5"),
        ("SELECT CAST('2026-01-31T10:00:00' AS timestamp)", "Cannot cast 2026"),
        ("SELECT CAST('2026-01-31 10:00:00' AS date)", "Cannot cast 2026"),
        ("SELECT name IS DISTINCT FROM n FROM t", "does not know NULLSAFENEQ"),
        ("SELECT sum(name) FROM t", "SYNTAX_ERROR"),
        ("SELECT nothing FROM t", "SYNTAX_ERROR"),
        ("SELECT n / 0 FROM t", "[Dd]ivision by zero"),
        ("SELECT amount / 2 FROM t", "does not divide decimals"),
        ("SELECT avg(amount) FROM t", "averages no decimals"),
        ("SELECT round(amount, 1) FROM t", "rounds doubles only"),
        ("SELECT boxes[3] FROM t", "INVALID_FUNCTION_ARGUMENT: Array subscript"),
        ("SELECT boxes[0] FROM t", "array indices start at 1"),
        ("SELECT boxes[n] FROM t", "takes subscripts that are numbers or texts"),
        ("SELECT tags['x'] FROM t", "Key not present in map: x"),
        ("SELECT CAST(score AS varchar) FROM t", "does not write a DOUBLE as text"),
        ("SELECT CAST(name AS varchar(1)) FROM t", "VARCHAR without a length"),
        ("SELECT CAST(name AS json) FROM t", "does not cast to JSON"),
        ("SELECT f FROM t CROSS JOIN UNNEST(found) AS u(f)", "does not UNNEST rows"),
        ("SELECT k FROM t CROSS JOIN UNNEST(tags) AS u(k, v)", "SYNTAX_ERROR"),
        ("SELECT 1 FROM UNNEST(ARRAY[1], ARRAY[2]) AS u(a, b)", "one array at a time"),
        ("SELECT name[1] FROM t", "a text has no subscripts"),
        ("SELECT approx_distinct(n) FROM t", "function approx_distinct"),
        ("SELECT greatest(n, 1) FROM t", "function greatest"),
        ("SELECT at_timezone(day, 'UTC') FROM t", "function at_timezone"),
        ("SELECT read_text('/etc/passwd')", "function read_text"),
        ("SELECT * FROM read_csv('/etc/passwd')", "reads tables only"),
        ("SELECT n FROM t TABLESAMPLE BERNOULLI (10)", "does not know TABLESAMPLE"),
        ("SELECT n FROM t WHERE n = ?", "does not know PLACEHOLDER"),
        ("SELECT * FROM other.db.t", "no catalog other"),
        ("DROP TABLE t", "the rehearsal runs SELECT only, no DROP"),
        ("INSERT INTO t SELECT * FROM t", "SELECT only"),
        ("CREATE TABLE x AS SELECT 1 AS a", "SELECT only"),
        ("SHOW TABLES", "SELECT only"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("", "Only one sql statement is allowed"),
        ("SELECT FROM WHERE", "SYNTAX_ERROR"),
        ("SELECT * FROM stale", "INVALID_VIEW: View 'awsdatacatalog.db.stale'"),
    ],
)
def test_what_is_wrong_or_not_rehearsed_fails(sql: str, said: str) -> None:
    with pytest.raises(QueryFailed, match=said):
        sample().rows(sql)


def test_types_are_compared_where_there_are_no_rows() -> None:
    table = plain_table("t", BUCKET, columns(day="date"), JSON_SERDE)
    with pytest.raises(QueryFailed, match="TYPE_MISMATCH"):
        FakeSight({"t": table}, {}).rows("SELECT 1 FROM t WHERE day = '2026-01-31'")


@pytest.mark.parametrize(
    "text", [None, "SELECT 1", "/* Presto View: e30= */", "/* Presto View: ! */"]
)
def test_a_view_that_athena_did_not_write_fails(text: str | None) -> None:
    view = {"Name": "v", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": text}
    with pytest.raises(QueryFailed, match="INVALID_VIEW"):
        FakeSight({"v": view}, {}).rows("SELECT * FROM v")


def test_another_serde_is_not_rehearsed() -> None:
    table = plain_table("t", BUCKET, [], {"SerializationLibrary": "x.ParquetSerDe"})
    with pytest.raises(QueryFailed, match=r"does not know the SerDe x\.ParquetSerDe"):
        FakeSight({"t": table}, {}).rows("SELECT * FROM t")
