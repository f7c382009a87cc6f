"""An analyst asks, and an answer that cannot be true ends the rehearsal."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from private_transform.environment import Results
from rehearsal.process import EmbeddedAws
from rehearsal.queries import Desk, QueryError, questions
from rehearsal.results import WrongResultError
from tests.rehearsal.company_of_answers import AnsweringCompany
from tests.representative import KEPT, PLAIN

TRANSFORM = replace(PLAIN, results=Results(format="object_detection"))
SAVED = {"1": "dev faces: failures", "2": "dev other: failures"}


def company(*, jobs: str = "1", state: str = "SUCCEEDED") -> AnsweringCompany:
    """A company in which each question is answered alike, but for the first one."""
    asked: list[str] = []

    def start(**request: Any) -> dict[str, str]:
        asked.append(request["QueryString"])
        return {"QueryExecutionId": str(len(asked))}

    def look(QueryExecutionId: str) -> dict[str, Any]:
        status = {"State": state, "StateChangeReason": "it was so"}
        return {
            "QueryExecution": {"QueryExecutionId": QueryExecutionId, "Status": status}
        }

    def results(QueryExecutionId: str) -> dict[str, Any]:
        first: list[list[str | None]] = [
            ["date", "input", "jobs"],
            ["2030-01-31", "photos/a.jpg", jobs],
        ]
        others: list[list[str | None]] = [["job", "input"], ["faces-1", None]]
        rows = first if QueryExecutionId == "1" else others
        return {"ResultSet": {"Rows": list(_rows(rows))}}

    stacks = [
        {
            "Outputs": [
                {"OutputKey": "Workgroup", "OutputValue": "queries"},
                {"OutputKey": "Database", "OutputValue": "db"},
            ]
        }
    ]
    return AnsweringCompany(
        aws=cast(EmbeddedAws, None),
        environment=KEPT,
        answers={
            "cloudformation.describe_stacks": lambda StackName: {"Stacks": stacks},
            "athena.start_query_execution": start,
            "athena.get_query_execution": look,
            "athena.get_query_results": results,
            "athena.list_named_queries": lambda WorkGroup: {
                "NamedQueryIds": list(SAVED)
            },
            "athena.get_named_query": lambda NamedQueryId: {
                "NamedQuery": {"Name": SAVED[NamedQueryId], "QueryString": "SELECT 2"}
            },
        },
    )


def _rows(rows: list[list[str | None]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"Data": [{} if each is None else {"VarCharValue": each} for each in row]}


def test_what_is_saved_of_the_transform_is_asked() -> None:
    seen, saved = questions(company(), TRANSFORM)

    assert seen.question == "faces: what was seen in each photograph"
    assert "cardinality(prediction)" in seen.sql
    assert (saved.question, saved.sql) == ("faces: failures", "SELECT 2")
    assert (saved.columns, list(saved.rows)) == (("job", "input"), [("faces-1", None)])


def test_an_input_with_answers_of_two_jobs_is_wrong() -> None:
    with pytest.raises(
        WrongResultError, match=r"photos/a\.jpg of 2030-01-31 .* 2 jobs"
    ):
        list(questions(company(jobs="2"), TRANSFORM))


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_query_that_comes_to_nothing_says_why(state: str) -> None:
    desk = Desk.of(company(state=state), "arn:analyst")

    with pytest.raises(QueryError, match="it was so"):
        desk.run("SELECT 1")
