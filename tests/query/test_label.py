"""What is counted: a column, a field, or one of each answer."""

from typing import Any

import pytest

from private_transform.environment import Column, Results
from private_transform.query.column_types import ColumnType
from private_transform.query.formats import OutputFormat
from private_transform.query.label import Label, LabelError
from private_transform.query.statements import counts_by_label
from private_transform.query.tables import Tables
from tests.query.engine import answer

TABLES = Tables(database="db", transform="faces")
DAY = "2099-01-31"

COUNTED: dict[str, tuple[str, str, list[Any]]] = {
    "segment": ("string", "VARCHAR", ["a", "b", "a"]),
    "answer.label": (
        "struct<label:string,score:double>",
        "STRUCT(label VARCHAR, score DOUBLE)",
        [{"label": each, "score": 0.5} for each in "aba"],
    ),
    "found.label": (
        "array<struct<label:string>>",
        "STRUCT(label VARCHAR)[]",
        [[{"label": "a"}, {"label": "b"}], [], [{"label": "a"}]],
    ),
    "tags": ("array<string>", "VARCHAR[]", [["a"], ["b", "a"], None]),
}


@pytest.mark.parametrize("path", COUNTED)
def test_answers_are_counted_by_label(path: str) -> None:
    glue, duck, values = COUNTED[path]
    name = path.partition(".")[0]
    results = Results(
        format="json_lines", columns=(Column(name=name, type=glue),), label=path
    )
    label = OutputFormat.of(results).label
    assert label is not None

    assert counted(label, f'"{name}" {duck}', name, values) == {"a": 2, "b": 1}


def test_object_detection_is_counted_by_class() -> None:
    label = OutputFormat.of(Results(format="object_detection")).label
    assert label is not None
    predictions = [[[0.0, 0.9], [4.0, 0.8]], [], [[4.0, 0.1]]]

    found = counted(label, "prediction DOUBLE[][]", "prediction", predictions)

    assert found == {0: 1, 4: 2}


def counted(label: Label, column: str, name: str, values: list[Any]) -> dict[Any, int]:
    rows = [{"date": DAY, name: value} for value in values]
    tables = {"db.faces_current": (f"date VARCHAR, {column}", rows)}
    found = answer(counts_by_label(TABLES, label), tables)
    assert all(each["date"] == DAY for each in found)
    return {each["label"]: each["answers"] for each in found}


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("other", "there is no column other"),
        ("found", "holds row"),
        ("found.other", "has no field other"),
        ("found.box", "which is no single value"),
        ("segment.label", "has no field label"),
    ],
)
def test_what_cannot_be_counted_is_told(path: str, word: str) -> None:
    columns = {
        "segment": ColumnType.of("string"),
        "found": ColumnType.of("array<struct<label:string,box:array<double>>>"),
    }
    with pytest.raises(LabelError, match=word):
        Label.of(path, columns)
