"""Rules about results and who may query them."""

from pathlib import Path
from typing import Any

import pytest

from tests.environment.folders import OUTSIDE, ROLE, Changes, loaded, problems, written

ANALYST = {"role": f"{ROLE}analyst", "outside": {**OUTSIDE}}
QUERY: Changes = {"query": {}}
COLUMNS = "results.columns"


def csv(*columns: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"results": {"format": "csv", "columns": list(columns), **more}}


def lines(*columns: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"results": {"format": "json_lines", "columns": list(columns), **more}}


ID = {"name": "id", "type": "bigint"}
FOUND = {"name": "found", "type": "array<struct<label:string,score:double>>"}

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("no format", {"results": {}}, "results.format", "required"),
    ("an unknown format", {"results": {"format": "parquet"}}, "results.format", "csv"),
    ("no columns", csv(), "results", "its file says"),
    ("no columns of JSON", lines(), "results", "its file says"),
    (
        "columns of what is known",
        {"results": {"format": "object_detection", "columns": [ID]}},
        COLUMNS,
        "is known",
    ),
    (
        "a label of what is known",
        {"results": {"format": "object_detection", "label": "id"}},
        "results.label",
        "is known",
    ),
    (
        "CSV that is asked for as JSON",
        csv(ID) | {"transform_output.accept": "application/json"},
        "results.format",
        "asked for application/json",
    ),
    (
        "JSON that is asked for as CSV",
        lines(ID) | {"transform_output.accept": "text/csv"},
        "results.format",
        "asked for text/csv",
    ),
    ("a column twice", csv(ID, ID), f"{COLUMNS}[1].name", "a name of its own"),
    (
        "a column of the table's own",
        csv({"name": "input", "type": "string"}),
        f"{COLUMNS}[0].name",
        "a name of its own",
    ),
    (
        "a name with capitals",
        csv({"name": "Score", "type": "double"}),
        f"{COLUMNS}[0].name",
        "small letters",
    ),
    (
        "a type of another engine",
        csv({"name": "score", "type": "float64"}),
        f"{COLUMNS}[0].type",
        "none of boolean",
    ),
    (
        "a type with spaces",
        csv({"name": "score", "type": "array<int, int>"}),
        f"{COLUMNS}[0].type",
        "without spaces",
    ),
    ("lists in a CSV", csv(FOUND), f"{COLUMNS}[0].type", "single values"),
    ("a label of no column", csv(ID, label="score"), "results.label", "no column"),
    ("a label of lists", lines(FOUND, label="found"), "results.label", "single value"),
    (
        "a label of no field",
        lines(FOUND, label="found.class"),
        "results.label",
        "no field class",
    ),
]
ALLOWED: list[dict[str, Any]] = [
    {"results": {"format": "object_detection"}},
    csv(ID, label="id") | {"transform_output.accept": "text/csv"},
    lines(FOUND, ID, label="found.label"),
    lines(FOUND) | {"transform_output.accept": "application/jsonlines"},
]


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [each[1:] for each in REFUSED],
    ids=[each[0] for each in REFUSED],
)
def test_what_makes_no_table_is_refused(
    tmp_path: Path, changes: dict[str, Any], path: str, words: str
) -> None:
    folder = written(tmp_path, environment=QUERY, transforms={"faces": changes})

    (problem,) = problems(folder)

    assert problem.path == path
    assert words in problem.rule


@pytest.mark.parametrize("changes", ALLOWED)
def test_what_makes_a_table_is_taken(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = written(tmp_path, environment=QUERY, transforms={"faces": changes})

    assert problems(folder) == []


def test_results_need_a_place_to_be_queried(tmp_path: Path) -> None:
    folder = written(tmp_path, transforms={"faces": csv(ID)})

    (problem,) = problems(folder)

    assert (problem.file.name, problem.path) == ("faces.yaml", "results")
    assert "`query` in environment.yaml" in problem.rule


def test_analysts_need_something_to_query(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, environment={"people.analysts": [ANALYST]}))

    assert problem.path == "people.analysts"
    assert "there is no `query`" in problem.rule


def test_analysts_say_why_they_act_from_outside(tmp_path: Path) -> None:
    analyst = {"role": ANALYST["role"]}
    folder = written(tmp_path, environment={**QUERY, "people.analysts": [analyst]})

    (problem,) = problems(folder)

    assert problem.path == "people.analysts[0]"
    assert problem.rule.startswith("Athena, which an analyst asks, acts from outside")


def test_analysts_with_leave_may_query(tmp_path: Path) -> None:
    folder = written(tmp_path, environment={**QUERY, "people.analysts": [ANALYST]})

    assert [each.role for each in loaded(folder).people.analysts] == [ANALYST["role"]]


def test_tables_of_two_transforms_have_names_of_their_own(tmp_path: Path) -> None:
    output = "transform_output.s3_output_path"
    folder = written(
        tmp_path,
        environment=QUERY,
        transforms={
            "faces": csv(ID),
            "faces-current": csv(ID) | {output: "others/"},
            "faces-runs": {output: "runs/"},
        },
    )

    (problem,) = problems(folder)

    # Files are read in the order of their names.
    assert (problem.file.name, problem.path) == ("faces.yaml", "results")
    assert problem.rule == "faces_current is a table of faces-current already."


def test_no_transform_writes_where_results_of_queries_lie(tmp_path: Path) -> None:
    changes = {"transform_output.s3_output_path": "query-results/mine/"}

    (problem,) = problems(written(tmp_path, transforms={"faces": changes}))

    assert problem.path == "transform_output.s3_output_path"
    assert "where the results of queries lie" in problem.rule
