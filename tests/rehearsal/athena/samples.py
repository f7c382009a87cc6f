"""A table of three rows with values of every kind, and views of it."""

from tests.rehearsal.athena.catalogs import (
    JSON_SERDE,
    columns,
    plain_table,
    view_table,
)
from tests.rehearsal.athena.fakes import BUCKET, DATABASE, FakeSight

LINES = b"""
{"n": 7, "name": "a", "score": 0.5, "day": "2026-01-31", "amount": 1.5, "tags": {"k": "v"}, "found": [{"label": "face", "score": 0.9}, {"label": "hand", "score": 0.25}], "boxes": [[1, 2.5], [3]]}
{"n": 2, "name": "b", "score": 2, "day": "2026-02-01", "amount": 2.25, "found": [], "boxes": [[4, 5.5]]}
{"n": null, "name": null}
""".lstrip()  # noqa: E501 # One line is one row.


def sample() -> FakeSight:
    table = plain_table(
        "t",
        BUCKET,
        columns(
            n="bigint",
            name="string",
            score="double",
            day="date",
            amount="decimal(5,2)",
            tags="map<string,string>",
            found="array<struct<label:string,score:double>>",
            boxes="array<array<double>>",
        ),
        JSON_SERDE,
    )
    views = {
        "v": ("SELECT name, count(*) AS c FROM t GROUP BY name", "varchar", "bigint"),
        "w": ("SELECT v.name AS name, c FROM db.v WHERE c > 0", "varchar", "bigint"),
        "stale": ("SELECT name, score AS c FROM t", "varchar", "bigint"),
    }
    tables = {
        name: view_table(name, sql, DATABASE, name=one, c=other)
        for name, (sql, one, other) in views.items()
    }
    return FakeSight({"t": table, **tables}, {"t/1.out": LINES})
