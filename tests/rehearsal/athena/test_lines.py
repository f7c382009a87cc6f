"""Rows of objects, by SerDe and declared type."""

from typing import Any

import pytest

from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.results import Datum
from tests.rehearsal.athena.catalogs import JSON_SERDE, columns, plain_table
from tests.rehearsal.athena.fakes import BUCKET, FakeSight

CSV_SERDE = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}


def read(serde: dict[str, Any], content: str, **types: str) -> list[list[Datum]]:
    table = plain_table("t", BUCKET, columns(**types), serde)
    sight = FakeSight({"t": table}, {"t/1.out": content.encode()})
    return sight.rows("SELECT * FROM t")


def read_json(content: str, of: str, **serde: str) -> list[list[Datum]]:
    return read({**JSON_SERDE, "Parameters": serde}, content, x=of)


@pytest.mark.parametrize(
    ("of", "written", "read_as"),
    [
        ("string", '"a"', "a"),
        ("string", "12", "12"),
        ("string", "0.90", "0.9"),
        ("string", "true", "true"),
        ("string", '{"A": [1, 2.5]}', '{"A":[1,2.5]}'),
        ("string", "null", None),
        ("bigint", "9223372036854775807", "9223372036854775807"),
        ("bigint", '"8"', "8"),
        ("int", "-1", "-1"),
        ("double", "1", "1.0"),
        ("double", '"2.5"', "2.5"),
        ("boolean", "true", "true"),
        ("boolean", '"FALSE"', "false"),
        ("date", '"2026-01-31"', "2026-01-31"),
        ("timestamp", '"2026-01-31 01:02:03.5"', "2026-01-31 01:02:03.500"),
        ("timestamp", '"2026-01-31T01:02:03Z"', "2026-01-31 01:02:03.000"),
        ("decimal(5,2)", "1.5", "1.50"),
        ("decimal(20,2)", "123456789012345678.91", "123456789012345678.91"),
        ("array<array<double>>", "[[1, 2.5], null]", "[[1.0, 2.5], null]"),
        ("map<string,bigint>", '{"K": 1}', "{K=1}"),
        (
            "array<struct<label:string,score:double>>",
            '[{"Label": "face", "SCORE": 0.9, "other": 1}, {}]',
            "[{label=face, score=0.9}, {label=null, score=null}]",
        ),
    ],
)
def test_json_is_read_into_the_declared_type(
    of: str, written: str, read_as: str | None
) -> None:
    assert read_json(f'{{"X": {written}, "more": 1}}', of) == [[read_as]]


@pytest.mark.parametrize(
    ("of", "written"),
    [
        ("bigint", "1.5"),
        ("bigint", '"x"'),
        ("bigint", "true"),
        ("bigint", "9223372036854775808"),
        ("int", "2147483648"),
        ("double", "[1]"),
        ("boolean", "1"),
        ("date", '"31.1.2026"'),
        ("timestamp", '"noon"'),
        ("decimal(3,2)", "10.00"),
        ("array<string>", '"x"'),
        ("struct<a:string>", "[1]"),
    ],
)
def test_a_value_of_another_type_fails_the_query(of: str, written: str) -> None:
    with pytest.raises(QueryFailed, match="HIVE_BAD_DATA"):
        read_json(f'{{"x": {written}}}', of)


@pytest.mark.parametrize(
    "line", ["{", "[1]", "x", '{"x": 1, "X": 2}', '{"x": 1, "x": 2}', '{"x": NaN}', ""]
)
def test_a_malformed_line_fails_the_query_unless_it_is_ignored(line: str) -> None:
    content = f'{{"x": 1}}\n{line}\n{{"x": 3}}\n'
    with pytest.raises(QueryFailed, match="Row is not a valid JSON Object"):
        read_json(content, "bigint")
    ignored = read_json(content, "bigint", **{"ignore.malformed.json": "true"})
    assert ignored == [["1"], [None], ["3"]]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", []),
        ("{}", [[None]]),
        ('{"x":1}\n', [["1"]]),
        ('{"x":1}\r\n{"x":2}', [["1"], ["2"]]),
        ('{"x":"\u2028"}', [["\u2028"]]),
    ],
)
def test_lines_end_where_hadoop_ends_them(
    content: str, found: list[list[Datum]]
) -> None:
    assert read_json(content, "string") == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a,b", ["a", "b"]),
        ('"a,""b""",""', ['a,"b"', ""]),
        (r'"a\"b",\c', ['a"b', "c"]),
        ("a", ["a", None]),
        ("a,b,c", ["a", "b"]),
        (" a , 1 ", [" a ", " 1 "]),
    ],
)
def test_csv_is_text(line: str, found: list[Datum]) -> None:
    assert read(CSV_SERDE, line, x="string", y="string") == [found]


def test_csv_begins_after_its_header_where_the_table_says_so() -> None:
    table = plain_table("t", BUCKET, columns(x="string"), CSV_SERDE)
    table["Parameters"] = {"skip.header.line.count": "1"}
    sight = FakeSight({"t": table}, {"t/1.csv": b"x\n1\n"})
    assert sight.rows("SELECT x FROM t") == [["1"]]


@pytest.mark.parametrize("line", ['"a', '"a"b"'])
def test_quotes_that_do_not_fit_fail_the_query(line: str) -> None:
    with pytest.raises(QueryFailed, match="HIVE_BAD_DATA"):
        read(CSV_SERDE, line, x="string")


def test_csv_in_columns_of_other_types_is_not_rehearsed() -> None:
    with pytest.raises(QueryFailed, match="columns of strings only"):
        read(CSV_SERDE, "1", x="bigint")
