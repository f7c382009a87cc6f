"""What a template deploys is what queries find: tables, views, saved queries."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.rehearsal.athena.catalogs import (
    DATE,
    JOB,
    JSON_SERDE,
    PROJECTION,
    columns,
    plain_table,
    view_table,
)
from tests.rehearsal.clients import Client
from tests.rehearsal.waiting import wait_until

CSV_SERDE = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}
SAVED = """SELECT label, count(*) AS times FROM labels
    WHERE job = 'faces-1' GROUP BY label ORDER BY label"""

Answer = tuple[list[tuple[str, str]], list[list[str | None]]]


@pytest.fixture(scope="module")
def name() -> str:
    return f"deployed_{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def deployed(
    client: Client,
    deploy: Callable[..., Any],
    new_bucket: Callable[..., str],
    name: str,
) -> Any:
    """Tables over two objects, a view and a saved query."""
    bucket, s3 = new_bucket(), client("s3")
    line = (
        b'{"Found": [{"label": "face", "score": 0.9}], "size": 7, "when": "2026-01-31"}'
    )
    for job in ("faces-1", "faces-2"):
        key = f"faces/date=2026-01-31/job={job}/deep/1.jpg.out"
        s3.put_object(Bucket=bucket, Key=key, Body=line + b"\n")
    s3.put_object(Bucket=bucket, Key="lists/a.csv", Body=b'"1.jpg","7","say ""x"""\n')
    faces = {
        "Name": "faces",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [DATE, JOB],
        "Parameters": {
            **PROJECTION,
            "projection.job.type": "injected",
            "storage.location.template": (
                f"s3://{bucket}/faces/date=${{date}}/job=${{job}}/"
            ),
        },
        "StorageDescriptor": {
            "Location": f"s3://{bucket}/faces/",
            "Columns": columns(
                found="array<struct<label:string,score:double>>",
                size="bigint",
                when="date",
            ),
            "SerdeInfo": JSON_SERDE,
        },
    }
    labels = "UNNEST(transform(found, d -> d.label))"
    view = f"SELECT job, label FROM faces CROSS JOIN {labels} AS u(label)"
    text = dict.fromkeys(("name", "size", "remark"), "string")
    tables = [
        faces,
        plain_table("lists", bucket, columns(**text), CSV_SERDE),
        view_table("labels", view, name, job="varchar", label="varchar"),
    ]
    outputs = {"OutputLocation": f"s3://{bucket}/athena/"}
    return deploy(
        name.replace("_", "-"),
        {
            "Database": {
                "Type": "AWS::Glue::Database",
                "Properties": {"CatalogId": "x", "DatabaseInput": {"Name": name}},
            },
            **{
                each["Name"].title(): {
                    "Type": "AWS::Glue::Table",
                    "Properties": {
                        "CatalogId": "x",
                        "DatabaseName": {"Ref": "Database"},
                        "TableInput": each,
                    },
                }
                for each in tables
            },
            "Group": {
                "Type": "AWS::Athena::WorkGroup",
                "Properties": {
                    "Name": name,
                    "RecursiveDeleteOption": True,
                    "WorkGroupConfiguration": {"ResultConfiguration": outputs},
                },
            },
            "Saved": {
                "Type": "AWS::Athena::NamedQuery",
                "Properties": {
                    "Database": {"Ref": "Database"},
                    "QueryString": SAVED,
                    "WorkGroup": {"Ref": "Group"},
                },
            },
        },
    )


@pytest.fixture(scope="module")
def ask(client: Client, deployed: Any, name: str) -> Callable[[str], Answer]:
    """Run a query; its columns with their types, and its rows."""
    athena = client("athena")

    def run(sql: str) -> Answer:
        started = athena.start_query_execution(
            QueryString=sql,
            WorkGroup=name,
            QueryExecutionContext={"Database": name},
        )
        at = {"QueryExecutionId": started["QueryExecutionId"]}

        def state() -> str:
            return str(
                athena.get_query_execution(**at)["QueryExecution"]["Status"]["State"]
            )

        wait_until(lambda: state() not in ("QUEUED", "RUNNING"))
        answer = athena.get_query_results(**at)["ResultSet"]
        told = answer["ResultSetMetadata"]["ColumnInfo"]
        rows = [
            [each.get("VarCharValue") for each in row["Data"]]
            for row in answer["Rows"][1:]
        ]
        return [(each["Name"], each["Type"]) for each in told], rows

    return run


def test_a_table_of_json_has_its_types(ask: Callable[[str], Answer]) -> None:
    described, rows = ask("SELECT * FROM faces WHERE job = 'faces-1'")
    assert described == [
        ("found", "array"),
        ("size", "bigint"),
        ("when", "date"),
        ("date", "varchar"),
        ("job", "varchar"),
    ]
    found = "[{label=face, score=0.9}]"
    assert rows == [[found, "7", "2026-01-31", "2026-01-31", "faces-1"]]


def test_the_path_leads_to_the_object(
    ask: Callable[[str], Answer], client: Client
) -> None:
    _, [[path]] = ask("SELECT \"$path\" FROM faces WHERE job = 'faces-2'")
    assert path is not None
    bucket, _, key = path.removeprefix("s3://").partition("/")
    assert client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_a_table_of_csv_is_text(ask: Callable[[str], Answer]) -> None:
    described, rows = ask("SELECT * FROM lists")
    assert [of for _, of in described] == ["varchar"] * 3
    assert rows == [["1.jpg", "7", 'say "x"']]


def test_a_saved_query_over_a_view_runs(
    ask: Callable[[str], Answer], client: Client, name: str
) -> None:
    athena = client("athena")
    [query_id] = athena.list_named_queries(WorkGroup=name)["NamedQueryIds"]
    saved = athena.get_named_query(NamedQueryId=query_id)["NamedQuery"]
    assert ask(saved["QueryString"]) == (
        [("label", "varchar"), ("times", "bigint")],
        [["face", "1"]],
    )


def test_it_all_goes_with_the_stack(
    ask: Callable[[str], Answer], deployed: Any, client: Client, name: str
) -> None:
    ask("SELECT 1")
    assert deployed.delete().status == "DELETE_COMPLETE"
    groups = client("athena").list_work_groups()["WorkGroups"]
    assert name not in {each["Name"] for each in groups}
