"""Types of columns: every one that Glue writes here, and what is none."""

import pytest
import sqlglot

from private_transform.query.column_types import ColumnType, ColumnTypeError

TYPES = {
    "string": "varchar",
    "int": "integer",
    "bigint": "bigint",
    "double": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "decimal(10,2)": "decimal(10, 2)",
    "decimal(38,38)": "decimal(38, 38)",
    "array<array<double>>": "array(array(double))",
    "map<string,array<int>>": "map(varchar, array(integer))",
    "struct<label:string,box:struct<x_min:double>>": (
        'row("label" varchar, "box" row("x_min" double))'
    ),
    "array<struct<_score:double>>": 'array(row("_score" double))',
}
WRONG = {
    "": "a type is missing before the end",
    "text": "text is none of",
    "varchar(10)": "varchar is none of",
    "array<int": "`>` is missing before the end",
    "array<>": "a type is missing before `>`",
    "int>": "the type is complete before `>`",
    "array<int> ": "' ' is no part of a type",
    "Int": "'I' is no part of a type",
    "map<string>": "`,` is missing before `>`",
    "struct<>": "a field's name is missing before `>`",
    "struct<label>": "`:` is missing before `>`",
    "struct<label:string,>": "a field's name is missing before `>`",
    "decimal": "`(` is missing before the end",
    "decimal(0,0)": "up to 38 digits",
    "decimal(39,2)": "up to 38 digits",
    "decimal(2,3)": "no more of them behind its point",
    "decimal(a,b)": "up to 38 digits",
}


@pytest.mark.parametrize("written", TYPES)
def test_a_type_is_told_in_the_words_of_the_engine(written: str) -> None:
    engine = ColumnType.of(written).engine

    assert engine == TYPES[written]
    # The engine's own grammar takes it.
    sqlglot.parse_one(f"SELECT CAST(x AS {engine})", read="athena")


@pytest.mark.parametrize("written", WRONG)
def test_what_is_no_type_is_refused_where_it_stops(written: str) -> None:
    with pytest.raises(ColumnTypeError, match=WRONG[written].replace("(", r"\(")):
        ColumnType.of(written)


def test_a_plain_type_has_no_parts() -> None:
    assert [each for each in TYPES if ColumnType.of(each).is_plain] == list(TYPES)[:9]
