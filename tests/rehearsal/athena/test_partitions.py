"""Which objects a table sees, and what it reads of their places."""

from typing import Any

import pytest

from rehearsal.athena.errors import QueryCancelled, QueryFailed
from tests.rehearsal.athena.catalogs import (
    DATE,
    JOB,
    PROJECTION,
    faces_table,
    view_table,
)
from tests.rehearsal.athena.fakes import BUCKET, DATABASE, FakeSight

LINE = b'{"label": "face"}'
JOBS = {
    **PROJECTION,
    "projection.job.type": "injected",
    "storage.location.template": f"s3://{BUCKET}/faces/date=${{date}}/job=${{job}}/",
}


def faces(*places: str, **changes: Any) -> FakeSight:
    table = faces_table(BUCKET, **changes)
    return FakeSight(
        {"faces": table}, {f"faces/date={place}": LINE for place in places}
    )


@pytest.fixture
def jobs() -> FakeSight:
    sight = faces(
        "2026-01-01/job=a/1.out",
        "2026-01-02/job=a/1.out",
        "2026-01-02/job=b/1.out",
        "2026-01-02/job=ab/1.out",
        PartitionKeys=[DATE, JOB],
        Parameters=JOBS,
    )
    view = "SELECT job, date, label FROM faces"
    types = dict.fromkeys(("job", "date", "label"), "varchar")
    sight.tables = {**sight.tables, "v": view_table("v", view, DATABASE, **types)}
    return sight


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("2026-01-31/1.out", True),
        ("2026-01-31/job=a/deep/1.jpg", True),
        ("2026-01-31/_SUCCESS", False),
        ("2026-01-31/.hidden/1.out", False),
        ("2026-01-31/_temporary/0/1.out", False),
        ("2026-01-31/folder/", False),
        ("2020-01-01/1.out", True),
        ("2019-12-31/1.out", False),
        ("2027-06-30/1.out", True),
        ("2027-07-01/1.out", False),
        ("2026-02-30/1.out", False),
        ("2026-1-1/1.out", False),
        ("2026-01-31-more/1.out", False),
    ],
)
def test_a_partition_holds_what_lies_below_its_date(place: str, seen: bool) -> None:
    rows = faces(place).rows('SELECT date, label, "$path" FROM faces')
    path = f"s3://{BUCKET}/faces/date={place}"
    assert rows == ([[place[:10], "face", path]] if seen else [])


def test_a_star_does_not_show_the_path() -> None:
    sight = faces("2026-01-31/1.out")
    [row] = sight.rows("SELECT * FROM faces f WHERE \"$path\" LIKE 's3://%'")
    assert row == ["face", None, "2026-01-31"]
    [row] = sight.rows(
        'SELECT f.*, "$path" FROM faces f JOIN (SELECT 1 AS x) y ON true'
    )
    assert len(row) == 4


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT date FROM faces WHERE job = 'a'",
        "SELECT date FROM faces WHERE 'a' = job AND date > '2020'",
        "SELECT date FROM faces x WHERE (x.job = 'a')",
        "SELECT date FROM faces WHERE job IN ('a')",
        "SELECT date FROM faces WHERE job = 'a' OR job = 'a'",
        "SELECT date FROM (SELECT * FROM faces) x WHERE x.job = 'a'",
        "WITH x AS (SELECT * FROM faces) SELECT date FROM x WHERE job = 'a'",
        "WITH faces AS (SELECT * FROM faces) SELECT date FROM faces WHERE job = 'a'",
        "SELECT date FROM v WHERE job = 'a'",
        "WITH x AS (SELECT * FROM v) SELECT date FROM x y WHERE y.job = 'a'",
    ],
)
def test_an_injected_column_reads_what_the_statement_names(
    jobs: FakeSight, sql: str
) -> None:
    assert sorted(jobs.rows(sql)) == [["2026-01-01"], ["2026-01-02"]]
    assert {key.split("/")[2] for key in jobs.read_keys} == {"job=a"}


def test_an_injected_column_may_have_several_values(jobs: FakeSight) -> None:
    rows = jobs.rows("SELECT DISTINCT job FROM faces WHERE job IN ('a', 'b')")
    assert sorted(rows) == [["a"], ["b"]]
    either = "SELECT count(*) FROM faces WHERE job = 'a' OR job = 'ab'"
    assert jobs.rows(either) == [["3"]]


def test_each_place_of_a_table_may_name_its_own(jobs: FakeSight) -> None:
    sql = """SELECT count(*) FROM faces x JOIN faces y ON x.date = y.date
        WHERE x.job = 'a' AND y.job = 'b'"""
    assert jobs.rows(sql) == [["1"]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM faces",
        "SELECT * FROM faces WHERE job > 'a'",
        "SELECT * FROM faces WHERE job LIKE 'a'",
        "SELECT * FROM faces WHERE job = label",
        "SELECT * FROM faces WHERE job = 'a' OR date = '2026-01-01'",
        "SELECT * FROM faces WHERE NOT job = 'a'",
        "SELECT * FROM v",
        "SELECT * FROM faces x JOIN faces y ON true WHERE x.job = 'a'",
        "WITH x AS (SELECT * FROM faces) SELECT * FROM x, x y WHERE y.job = 'a'",
        "SELECT * FROM (SELECT * FROM faces LIMIT 1) WHERE job = 'a'",
        "SELECT * FROM (SELECT label AS job FROM faces) WHERE job = 'a'",
        "SELECT 1 FROM faces WHERE job = 'a' AND label = (SELECT job FROM faces)",
        "SELECT 1 FROM faces WHERE job = 'a' AND label IN (SELECT job FROM faces)",
    ],
)
def test_an_injected_column_without_a_value_fails_the_query(
    jobs: FakeSight, sql: str
) -> None:
    with pytest.raises(QueryFailed, match="CONSTRAINT_VIOLATION: For the injected"):
        jobs.rows(sql)
    assert jobs.read_keys == []


def test_what_is_scanned_is_counted_and_limited() -> None:
    sight = faces("2026-01-01/1.out", "2026-01-02/1.out", "2026-01-02/_hidden")
    query = sight.query("SELECT 1 FROM faces", limit_bytes=2 * len(LINE))
    query.run()
    assert query.scanned_bytes == 2 * len(LINE)
    with pytest.raises(QueryCancelled, match="Bytes scanned limit was exceeded"):
        sight.query("SELECT 1 FROM faces", limit_bytes=2 * len(LINE) - 1).run()


@pytest.mark.parametrize(
    "changes",
    [
        {"projection.enabled": "false"},
        {"projection.date.type": "integer"},
        {"projection.date.format": "yyyy/MM/dd"},
        {"projection.date.interval.unit": "HOURS"},
        {"projection.date.range": "2020-01-01,TOMORROW"},
        {"storage.location.template": f"s3://{BUCKET}/faces/"},
    ],
)
def test_what_is_projected_otherwise_is_not_rehearsed(changes: dict[str, str]) -> None:
    told = {**faces_table(BUCKET)["Parameters"], **changes}
    with pytest.raises(QueryFailed, match="the rehearsal"):
        faces("2026-01-31/1.out", Parameters=told).rows("SELECT * FROM faces")
