"""A query's life at the API: what is told of it, its pages, its end."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.athena.lakes import Lake


def test_an_execution_tells_what_it_is(lake: Lake) -> None:
    execution = lake.run(None, "SELECT label FROM faces")

    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["Status"]["CompletionDateTime"] is not None
    assert execution["StatementType"] == "DML"
    assert execution["WorkGroup"] == lake.name
    assert execution["QueryExecutionContext"] == {"Database": lake.name}
    assert execution["Statistics"]["DataScannedInBytes"] > 0
    assert execution["Statistics"]["EngineExecutionTimeInMillis"] >= 0
    athena = lake.client("athena")
    listed = athena.list_query_executions(WorkGroup=lake.name)["QueryExecutionIds"]
    assert execution["QueryExecutionId"] in listed


def test_results_come_page_by_page_after_a_row_of_names(lake: Lake) -> None:
    query_id = lake.run(
        None, "SELECT x.n, NULLIF(x.n, 2) FROM (VALUES 1, 2, 3) AS x(n)"
    )["QueryExecutionId"]
    athena = lake.client("athena")

    pages: list[list[Any]] = []
    request: dict[str, Any] = {"QueryExecutionId": query_id, "MaxResults": 2}
    while True:
        answer = athena.get_query_results(**request)
        pages.append([row["Data"] for row in answer["ResultSet"]["Rows"]])
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]

    told = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(each["Name"], each["Type"]) for each in told] == [
        ("n", "integer"),
        ("_col1", "integer"),
    ]
    names, one, two, three = (row for page in pages for row in page)
    assert [len(page) for page in pages] == [2, 2]
    assert names == [{"VarCharValue": "n"}, {"VarCharValue": "_col1"}]
    assert one == [{"VarCharValue": "1"}, {"VarCharValue": "1"}]
    assert two == [{"VarCharValue": "2"}, {}]
    assert three == [{"VarCharValue": "3"}, {"VarCharValue": "3"}]


def test_a_failed_query_says_why_and_has_no_results(lake: Lake) -> None:
    execution = lake.run(None, "SELECT nothing FROM faces")
    status = execution["Status"]

    assert status["State"] == "FAILED"
    assert "nothing" in status["StateChangeReason"]
    assert status["AthenaError"]["ErrorCategory"] == 2
    with pytest.raises(ClientError, match="Final query state: FAILED"):
        lake.client("athena").get_query_results(
            QueryExecutionId=execution["QueryExecutionId"]
        )


def test_results_that_are_gone_are_not_found(lake: Lake) -> None:
    query_id = lake.run(None, "SELECT 1")["QueryExecutionId"]
    lake.client("s3").delete_object(Bucket=lake.outputs, Key=f"athena/{query_id}.csv")
    with pytest.raises(ClientError, match="Could not find results"):
        lake.client("athena").get_query_results(QueryExecutionId=query_id)


def test_stopping_what_has_ended_changes_nothing(lake: Lake) -> None:
    query_id = lake.run(None, "SELECT 1")["QueryExecutionId"]
    lake.client("athena").stop_query_execution(QueryExecutionId=query_id)
    assert lake.ended(query_id)["Status"]["State"] == "SUCCEEDED"


def test_an_unknown_execution_is_not_found(lake: Lake) -> None:
    athena = lake.client("athena")
    for call in (
        athena.get_query_execution,
        athena.get_query_results,
        athena.stop_query_execution,
    ):
        with pytest.raises(ClientError, match=r"InvalidRequestException.*not found"):
            call(QueryExecutionId="00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    "request_",
    [
        {"ExecutionParameters": ["1"]},
        {"QueryExecutionContext": {"Catalog": "other"}},
    ],
)
def test_what_is_not_rehearsed_does_not_start(
    lake: Lake, request_: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="the rehearsal"):
        lake.start(None, "SELECT 1", **request_)
