"""What statements answer."""

import pytest

from rehearsal.athena.results import Datum
from tests.rehearsal.athena.samples import sample


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*), count(n), sum(n), max(name) FROM t", [["3", "2", "9", "b"]]),
        ("SELECT avg(n), sum(amount), min(score) FROM t", [["4.5", "3.75", "0.5"]]),
        ("SELECT n / 2, n / 2e0, -n / 2 FROM t WHERE n = 7", [["3", "3.5", "-3"]]),
        ("SELECT name FROM t WHERE day >= DATE '2026-02-01'", [["b"]]),
        ("SELECT name FROM t WHERE n IN (2, 3) OR name = 'x'", [["b"]]),
        ("SELECT name FROM t WHERE n <> 7", [["b"]]),
        ("SELECT name FROM t WHERE NOT (n > 2)", [["b"]]),
        ("SELECT name FROM t ORDER BY n DESC LIMIT 1", [["a"]]),
        ("SELECT name FROM t ORDER BY n", [["b"], ["a"], [None]]),
        ("SELECT boxes[1][2], found[1].label FROM t WHERE n = 7", [["2.5", "face"]]),
        ("SELECT tags['k'], element_at(tags, 'x') FROM t WHERE n = 7", [["v", None]]),
        ("SELECT element_at(boxes, 9) FROM t WHERE n = 7", [[None]]),
        (
            "SELECT regexp_extract('a=1/b', 'a=([^/]+)/', 1), regexp_extract('x1', "
            "'[0-9]'), regexp_extract('a', 'b(.)', 1)",
            [["1", "1", None]],
        ),
        ("SELECT cardinality(boxes) FROM t WHERE n = 7", [["2"]]),
        (
            "SELECT label FROM t CROSS JOIN UNNEST(transform(found, f -> f.label)) "
            "AS u(label) ORDER BY 1",
            [["face"], ["hand"]],
        ),
        (
            "SELECT name, b FROM t CROSS JOIN UNNEST(boxes) AS u(b) ORDER BY name, b",
            [["a", "[1.0, 2.5]"], ["a", "[3.0]"], ["b", "[4.0, 5.5]"]],
        ),
        (
            "SELECT cardinality(filter(found, f -> f.score > 0.5)) FROM t WHERE n = 7",
            [["1"]],
        ),
        (
            "SELECT contains(transform(found, f -> f.label), 'face') FROM t ORDER BY n",
            [["false"], ["true"], [None]],
        ),
        ("SELECT found FROM t WHERE n = 2", [["[]"]]),
        ("SELECT name || '!' FROM t WHERE n = 2", [["b!"]]),
        ("SELECT concat(name, '-', name) FROM t WHERE n = 2", [["b-b"]]),
        ("SELECT CASE name WHEN 'a' THEN 1 END FROM t WHERE n > 0", [["1"], [None]]),
        ("SELECT coalesce(name, 'none') FROM t WHERE n IS NULL", [["none"]]),
        (
            "SELECT CAST(day AS date) + INTERVAL '1' DAY FROM t WHERE n = 7",
            [["2026-02-01"]],
        ),
        (
            "SELECT date_diff('day', TIMESTAMP '2026-01-01 23:00:00', "
            "TIMESTAMP '2026-01-02 01:00:00')",
            [["0"]],
        ),
        ("SELECT date_add('month', 1, DATE '2026-01-31')", [["2026-02-28"]]),
        ("SELECT date_trunc('month', DATE '2026-01-31')", [["2026-01-01"]]),
        (
            "SELECT date_trunc('day', TIMESTAMP '2026-01-31 01:02:03')",
            [["2026-01-31 00:00:00.000"]],
        ),
        ("SELECT date_format(DATE '2026-01-31', '%Y/%m')", [["2026/01"]]),
        (
            "SELECT CAST('2026-01-31' AS date), CAST(7 AS varchar)",
            [["2026-01-31", "7"]],
        ),
        ("SELECT round(avg(score), 1) FROM t", [["1.3"]]),
        ("SELECT try_cast(name AS bigint) FROM t WHERE n = 7", [[None]]),
        ("SELECT try_cast('7.5' AS bigint), CAST('-7' AS bigint)", [[None, "-7"]]),
        ("SELECT nullif(name, 'a') FROM t WHERE n > 0", [[None], ["b"]]),
        ("SELECT floor(score), ceil(score) FROM t WHERE n = 7", [["0.0", "1.0"]]),
        (
            "SELECT extract(year FROM day), year(day) FROM t WHERE n = 7",
            [["2026", "2026"]],
        ),
        ("SELECT flatten(boxes) FROM t WHERE n = 7", [["[1.0, 2.5, 3.0]"]]),
        ("SELECT lag(n) OVER (ORDER BY n) FROM t WHERE n > 0", [[None], ["2"]]),
        ("SELECT n FROM t ORDER BY n OFFSET 1 LIMIT 1", [["7"]]),
        ("SELECT n % 2 AS n FROM t WHERE n = 7", [["1"]]),
        (
            "SELECT upper(name) AS name FROM t GROUP BY name ORDER BY name LIMIT 1",
            [["A"]],
        ),
        (
            "WITH x(y) AS (SELECT n FROM t) SELECT y + 1 AS y FROM x WHERE y = 7",
            [["8"]],
        ),
        ("SELECT 1 AS n, count(*) FROM t GROUP BY n ORDER BY 1", [["1", "1"]] * 3),
        ("SELECT x FROM (VALUES 7) AS x(x)", [["7"]]),
        (
            "SELECT name AS name FROM t GROUP BY name HAVING name = 'a'",
            [["a"]],
        ),
        ("SELECT transform(boxes, t -> cardinality(t)) FROM t WHERE n = 2", [["[2]"]]),
        ("SELECT y + 1 AS y FROM (VALUES 7) AS x(y) WHERE y = 7", [["8"]]),
        ("SELECT c + 1 AS c FROM (SELECT * FROM v) WHERE c = 1 LIMIT 1", [["2"]]),
        (
            "SELECT l || '!' AS l FROM t CROSS JOIN "
            "UNNEST(transform(found, f -> f.label)) AS u(l) WHERE l = 'face'",
            [["face!"]],
        ),
        (
            "SELECT b, i FROM t CROSS JOIN UNNEST(boxes) WITH ORDINALITY AS u(b, i) "
            "WHERE n = 7 ORDER BY i",
            [["[1.0, 2.5]", "1"], ["[3.0]", "2"]],
        ),
        ("SELECT count(*) FROM t x FULL OUTER JOIN t y ON x.n = y.n", [["4"]]),
        ("SELECT n + 1 - n FROM t WHERE n = 7", [["1"]]),
        ("SELECT row_number() OVER (ORDER BY n) FROM t WHERE n > 0", [["1"], ["2"]]),
        ("SELECT x.name FROM t x JOIN t y ON x.n = y.n + 5", [["a"]]),
        (
            "SELECT name FROM t x WHERE EXISTS (SELECT 1 FROM t y WHERE y.n > x.n)",
            [["b"]],
        ),
        ("WITH t AS (SELECT 1 AS n) SELECT n FROM t", [["1"]]),
        ("WITH t AS (SELECT 1 AS n) SELECT count(*) FROM db.t", [["3"]]),
        ("WITH t AS (SELECT n FROM t WHERE n = 2) SELECT n FROM t", [["2"]]),
        (
            "WITH t AS (SELECT n FROM t), u AS (SELECT n FROM t WHERE n > 0) "
            "SELECT n FROM u ORDER BY n",
            [["2"], ["7"]],
        ),
        ("SELECT n FROM (VALUES (1), (2)) AS x(n)", [["1"], ["2"]]),
        ("SELECT 1 UNION ALL SELECT 2", [["1"], ["2"]]),
        ('SELECT "N" FROM AwsDataCatalog.DB.T WHERE n = 2', [["2"]]),
        ("SELECT t.n FROM db.t WHERE db.t.n = 2", [["2"]]),
        ("SELECT c FROM w WHERE name = 'a'", [["1"]]),
        ("SELECT * FROM v WHERE name IS NULL", [[None, "1"]]),
    ],
)
def test_a_statement_answers_as_athena_does(sql: str, rows: list[list[Datum]]) -> None:
    assert sample().rows(sql) == rows


def test_what_has_no_name_is_numbered_and_has_trinos_type() -> None:
    sql = """SELECT n, sum(n) AS s, count(*), found[1].label, found, tags, amount
        FROM t WHERE n = 7 GROUP BY n, found, tags, amount"""
    assert sample().query(sql).run().columns == [
        ("n", "bigint"),
        ("s", "bigint"),
        ("_col2", "bigint"),
        ("label", "varchar"),
        ("found", "array(row(label varchar, score double))"),
        ("tags", "map(varchar, varchar)"),
        ("amount", "decimal(5,2)"),
    ]
