"""Databases, tables, workgroups and saved queries, as templates say them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT

SETTINGS = {
    "EnforceWorkGroupConfiguration": True,
    "PublishCloudWatchMetricsEnabled": True,
    "BytesScannedCutoffPerQuery": 10_000_000,
    "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
    "ResultConfiguration": {
        "OutputLocation": "s3://outputs/athena/",
        "EncryptionConfiguration": {
            "EncryptionOption": "SSE_KMS",
            "KmsKey": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/x",
        },
        "ExpectedBucketOwner": ACCOUNT,
    },
}
FACES = {
    "Name": "faces",
    "TableType": "EXTERNAL_TABLE",
    "PartitionKeys": [{"Name": "date", "Type": "string"}],
    "Parameters": {"projection.enabled": "true"},
    "StorageDescriptor": {
        "Location": "s3://data/faces/",
        "Columns": [{"Name": "label", "Type": "string", "Comment": "What it is"}],
        "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    },
}
VIEW = {
    "Name": "labels",
    "TableType": "VIRTUAL_VIEW",
    "Parameters": {"presto_view": "true"},
    "ViewOriginalText": "/* Presto View: e30= */",
    "ViewExpandedText": "/* Presto View */",
}


@pytest.fixture
def name() -> str:
    return f"q{uuid4().hex[:8]}"


@pytest.fixture
def stack(deploy: Callable[..., Any], name: str) -> Callable[..., Any]:
    def run(resources: dict[str, Any]) -> Any:
        return deploy(name, resources)

    return run


def workgroup(name: str, recursive: bool = False, **settings: Any) -> dict[str, Any]:
    return {
        "Group": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": name,
                "RecursiveDeleteOption": recursive,
                "WorkGroupConfiguration": {**SETTINGS, **settings},
            },
        }
    }


def query(name: str, sql: str, **properties: Any) -> dict[str, Any]:
    return {
        "Query": {
            "Type": "AWS::Athena::NamedQuery",
            "Properties": {
                "Name": "labels",
                "Database": name,
                "QueryString": sql,
                "WorkGroup": {"Ref": "Group"},
                **properties,
            },
        }
    }


def tables(name: str, *inputs: dict[str, Any]) -> dict[str, Any]:
    database = {"CatalogId": ACCOUNT, "DatabaseInput": {"Name": name}}
    return {
        "Database": {"Type": "AWS::Glue::Database", "Properties": database},
        **{
            each["Name"].title(): {
                "Type": "AWS::Glue::Table",
                "Properties": {
                    "CatalogId": ACCOUNT,
                    "DatabaseName": {"Ref": "Database"},
                    "TableInput": each,
                },
            }
            for each in inputs
        },
    }


BROKEN = {"Broken": {"Type": "AWS::Athena::NamedQuery", "Properties": {}}}


def test_a_workgroup_has_what_its_template_says_and_changes_in_place(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    athena = client("athena")
    stack(workgroup(name))
    made = athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert made["State"] == "ENABLED"
    assert made["Configuration"] == SETTINGS

    stack(workgroup(name, BytesScannedCutoffPerQuery=20_000_000))
    changed = athena.get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]
    assert changed["BytesScannedCutoffPerQuery"] == 20_000_000


def test_a_cutoff_that_athena_refuses_fails_the_stack(
    stack: Callable[..., Any], name: str
) -> None:
    life = stack(workgroup(name, BytesScannedCutoffPerQuery=9_999_999))
    assert life.status == "ROLLBACK_COMPLETE"
    assert "at least 10000000" in life.reason("Group")


def test_a_saved_query_is_replaced_by_every_change(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    athena = client("athena")
    life = stack({**workgroup(name), **query(name, "SELECT 1", Description="One")})
    first = life.resource("Query")
    assert athena.get_named_query(NamedQueryId=first)["NamedQuery"] == {
        "NamedQueryId": first,
        "Name": "labels",
        "Description": "One",
        "Database": name,
        "QueryString": "SELECT 1",
        "WorkGroup": name,
    }

    stack({**workgroup(name), **query(name, "SELECT 2")})
    second = life.resource("Query")
    assert athena.list_named_queries(WorkGroup=name)["NamedQueryIds"] == [second]
    changed = athena.get_named_query(NamedQueryId=second)["NamedQuery"]
    assert changed["QueryString"] == "SELECT 2"

    assert life.delete().status == "DELETE_COMPLETE"
    with pytest.raises(ClientError):
        athena.get_named_query(NamedQueryId=second)
    with pytest.raises(ClientError):
        athena.get_work_group(WorkGroup=name)


def test_a_failed_update_brings_the_saved_query_back(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    athena = client("athena")
    stack({**workgroup(name), **query(name, "SELECT 1")})
    life = stack({**workgroup(name), **query(name, "SELECT 2"), **BROKEN})
    assert life.status == "UPDATE_ROLLBACK_COMPLETE"
    [kept] = athena.list_named_queries(WorkGroup=name)["NamedQueryIds"]
    found = athena.get_named_query(NamedQueryId=kept)["NamedQuery"]
    assert found["QueryString"] == "SELECT 1"


@pytest.mark.parametrize(
    ("properties", "said"),
    [({"QueryString": ""}, "QueryString"), ({"WorkGroup": "nowhere"}, "not found")],
)
def test_a_saved_query_needs_a_text_and_a_workgroup(
    stack: Callable[..., Any], name: str, properties: dict[str, str], said: str
) -> None:
    life = stack({**workgroup(name), **query(name, "SELECT 1", **properties)})
    assert life.status == "ROLLBACK_COMPLETE"
    assert said in life.reason("Query")


@pytest.mark.parametrize("recursive", [False, True])
def test_a_workgroup_goes_with_its_content_only_where_it_may(
    stack: Callable[..., Any], client: Callable[..., Any], name: str, recursive: bool
) -> None:
    athena = client("athena")
    life = stack(workgroup(name, recursive))
    by_hand = athena.create_named_query(
        Name="by hand", Database="x", QueryString="SELECT 1", WorkGroup=name
    )["NamedQueryId"]

    life.delete()

    if recursive:
        assert life.status == "DELETE_COMPLETE"
        with pytest.raises(ClientError):
            athena.get_named_query(NamedQueryId=by_hand)
    else:
        assert life.status == "DELETE_FAILED"
        assert f"WorkGroup {name} is not empty" in life.reason("Group")
        assert athena.get_named_query(NamedQueryId=by_hand)
        with pytest.raises(ClientError, match="is not empty"):
            athena.delete_work_group(WorkGroup=name)
        athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def test_tables_and_views_pass_through_and_change_in_place(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    glue = client("glue")
    life = stack(tables(name, FACES, VIEW))
    for wanted in (FACES, VIEW):
        found = glue.get_table(DatabaseName=name, Name=wanted["Name"])["Table"]
        assert wanted.items() <= found.items()

    changed = {**FACES, "Parameters": {"projection.enabled": "false"}}
    stack(tables(name, changed))
    found = glue.get_table(DatabaseName=name, Name="faces")["Table"]
    assert found["Parameters"] == {"projection.enabled": "false"}
    assert [each["Name"] for each in glue.get_tables(DatabaseName=name)["TableList"]]
    with pytest.raises(ClientError, match="EntityNotFound"):
        glue.get_table(DatabaseName=name, Name="labels")

    assert life.delete().status == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="EntityNotFound"):
        glue.get_database(Name=name)


def test_a_stack_that_fails_leaves_no_tables(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    life = stack({**tables(name, FACES), **BROKEN})
    assert life.status == "ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="EntityNotFound"):
        client("glue").get_database(Name=name)
