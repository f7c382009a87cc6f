"""A transform's outputs are tables by day, a view and saved queries."""

import base64
import json
from typing import Any

import aws_cdk as cdk
import pytest
import sqlglot

from private_transform.environment import Column, Results
from private_transform.query.tables import Tables
from private_transform.results_table import ResultsTable
from tests.constructs.conftest import Resources

CSV = Results(
    format="csv",
    columns=(Column(name="id", type="bigint"), Column(name="score", type="double")),
    label="id",
)
JSON = Results(
    format="json_lines",
    columns=(Column(name="faces", type="array<struct<label:string,score:double>>"),),
)
DETECTIONS = Results(format="object_detection")


@pytest.fixture(params=[CSV, JSON, DETECTIONS], ids=lambda each: each.format)
def results(request: pytest.FixtureRequest) -> Results:
    found: Results = request.param
    return found


@pytest.fixture
def made(
    stack: cdk.Stack, resources: Resources, results: Results
) -> dict[str, dict[str, Any]]:
    """The tables and the saved queries by their names."""
    ResultsTable(
        stack,
        "Results",
        account="123456789012",
        environment="dev",
        tables=Tables(database="db", transform="night-faces"),
        workgroup="queries",
        results=results,
        transform="night-faces",
        output_path="s3://outputs/faces/",
        control_bucket="control",
    )
    tables = (each["Properties"] for each in resources("AWS::Glue::Table"))
    queries = (each["Properties"] for each in resources("AWS::Athena::NamedQuery"))
    return {
        **{each["TableInput"]["Name"]: each for each in tables},
        **{each["Name"]: each for each in queries},
    }


def table(made: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    found: dict[str, Any] = made[name]["TableInput"]
    return found


def test_the_tables_lie_in_the_database_of_the_account(
    made: dict[str, dict[str, Any]],
) -> None:
    names = ("night_faces", "night_faces_by_job", "night_faces_runs")
    for name in (*names, "night_faces_current"):
        assert made[name]["DatabaseName"] == "db"
        assert made[name]["CatalogId"] == "123456789012"


def test_a_day_is_a_place_below_the_output_path(
    made: dict[str, dict[str, Any]],
) -> None:
    places = {
        "night_faces": ("s3://outputs/faces/", "date=${date}/"),
        "night_faces_by_job": ("s3://outputs/faces/", "date=${date}/job=${job}/"),
        "night_faces_runs": ("s3://control/outcomes/night-faces/", "date=${date}/"),
    }
    for name, (place, below) in places.items():
        found = table(made, name)
        assert found["StorageDescriptor"]["Location"] == place
        parameters = found["Parameters"]
        assert parameters["storage.location.template"] == place + below
        assert parameters["projection.enabled"] == "true"
        # Every partition column has its rule, or each query fails.
        for key in found["PartitionKeys"]:
            assert key["Type"] == "string"
            assert f"projection.{key['Name']}.type" in parameters


def test_only_the_table_by_job_asks_for_one(made: dict[str, dict[str, Any]]) -> None:
    keys = {
        name: [key["Name"] for key in table(made, name)["PartitionKeys"]]
        for name in ("night_faces", "night_faces_by_job")
    }
    assert keys == {"night_faces": ["date"], "night_faces_by_job": ["date", "job"]}
    parameters = table(made, "night_faces_by_job")["Parameters"]
    assert parameters["projection.job.type"] == "injected"


def test_the_format_decides_who_reads_and_as_what(
    made: dict[str, dict[str, Any]], results: Results
) -> None:
    descriptor = table(made, "night_faces")["StorageDescriptor"]
    columns = {each["Name"]: each["Type"] for each in descriptor["Columns"]}
    serde = descriptor["SerdeInfo"]["SerializationLibrary"]
    if results is CSV:
        assert serde == "org.apache.hadoop.hive.serde2.OpenCSVSerde"
        # That reader gives text alone where a value may be missing.
        assert columns == {"id": "string", "score": "string"}
    else:
        assert serde == "org.openx.data.jsonserde.JsonSerDe"
        assert columns == (
            {"faces": "array<struct<label:string,score:double>>"}
            if results is JSON
            else {"prediction": "array<array<double>>"}
        )


def test_the_view_is_kept_as_the_engine_keeps_one(
    made: dict[str, dict[str, Any]],
) -> None:
    found = table(made, "night_faces_current")
    assert found["TableType"] == "VIRTUAL_VIEW"
    assert found["Parameters"]["presto_view"] == "true"
    encoded = found["ViewOriginalText"]
    assert encoded.startswith("/* Presto View: ")
    view = json.loads(base64.b64decode(encoded.split()[3]))
    assert (view["catalog"], view["schema"]) == ("awsdatacatalog", "db")
    columns = found["StorageDescriptor"]["Columns"]
    names = [each["Name"] for each in columns]
    assert [each["name"] for each in view["columns"]] == names
    # What the view says of its columns is what its statement gives.
    statement = sqlglot.parse_one(view["originalSql"], read="athena")
    assert isinstance(statement, sqlglot.exp.Query)
    assert [each.alias_or_name for each in statement.selects] == names


def test_the_saved_queries_are_in_the_workgroup(
    made: dict[str, dict[str, Any]], results: Results
) -> None:
    saved = {name: each for name, each in made.items() if "QueryString" in each}
    names = {"dev night-faces: latest run", "dev night-faces: failures"}
    # Without a label nothing is counted by it.
    if results is not JSON:
        names.add("dev night-faces: counts by label")
    assert saved.keys() == names
    for each in saved.values():
        assert (each["WorkGroup"], each["Database"]) == ("queries", "db")
        sqlglot.parse_one(each["QueryString"], read="athena")
        # Of some thousand days it looks at the last.
        assert "date >=" in each["QueryString"]
