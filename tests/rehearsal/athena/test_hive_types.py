"""The Data Catalog's types in DuckDB's words."""

import pytest

from rehearsal.athena.hive_types import HiveType


@pytest.mark.parametrize(
    ("hive", "duckdb"),
    [
        ("string", "VARCHAR"),
        ("INT", "INTEGER"),
        ("decimal", "DECIMAL(10, 0)"),
        ("decimal(5,2)", "DECIMAL(5, 2)"),
        ("decimal(5)", "DECIMAL(5, 0)"),
        ("array<array<double>>", "DOUBLE[][]"),
        ("map<string,bigint>", "MAP(VARCHAR, BIGINT)"),
        (
            "array<struct<Label:string, box:array<double>>>",
            'STRUCT("label" VARCHAR, "box" DOUBLE[])[]',
        ),
    ],
)
def test_types_are_translated(hive: str, duckdb: str) -> None:
    assert HiveType.parse(hive).duckdb() == duckdb


@pytest.mark.parametrize(
    "text",
    ["", "text", "array<string", "array<string>>", "map<string>", "struct<>", "int;"],
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        HiveType.parse(text)
