"""Who may query: with the caller's rights, and only through Athena."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT
from tests.rehearsal.athena.catalogs import view_table
from tests.rehearsal.athena.lakes import REGION, Lake, allow
from tests.rehearsal.conftest import policy

KEY = "faces/date=2026-01-31/job=a/deep/1.jpg.out"
CATALOG = f"arn:aws:glue:{REGION}:{ACCOUNT}"
NOT_ALLOWED = "Insufficient permissions to execute the query. User: arn:aws:sts::"


def test_an_analyst_reads_by_query_and_not_by_hand(lake: Lake) -> None:
    analyst = lake.analyst()

    assert lake.rows(analyst, "SELECT label FROM faces") == [["label"], ["face"]]
    with pytest.raises(ClientError, match="AccessDenied"):
        lake.client("s3", role=analyst).get_object(Bucket=lake.data, Key=KEY)
    with pytest.raises(ClientError, match="perform: glue:GetTable on"):
        lake.client("glue", role=analyst).get_table(
            DatabaseName=lake.name, Name="faces"
        )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("catalog", f"glue:GetDatabase on resource: {CATALOG}:catalog because"),
        ("database", f"glue:GetDatabase on resource: {CATALOG}:database/"),
        ("table", f"glue:GetTable on resource: {CATALOG}:table/"),
        ("list", "Permission denied on S3 path: s3://DATA/faces/date="),
        ("read", f"Permission denied on S3 path: s3://DATA/{KEY}"),
        ("decrypt", f"Permission denied on S3 path: s3://DATA/{KEY}"),
        ("write", "Access denied when writing to location: s3://OUTPUTS/athena/"),
        ("encrypt", "Access denied when writing to location: s3://OUTPUTS/athena/"),
    ],
)
def test_without_a_right_the_query_fails_in_its_place(
    lake: Lake, missing: str, said: str
) -> None:
    status = lake.run(lake.analyst(without=missing), "SELECT * FROM faces")["Status"]

    assert status["State"] == "FAILED"
    words = said.replace("DATA", lake.data).replace("OUTPUTS", lake.outputs)
    assert words in status["StateChangeReason"]
    assert status["StateChangeReason"].startswith(
        NOT_ALLOWED if missing in ("catalog", "database", "table") else words
    )


def test_without_a_right_on_the_results_bucket_nothing_starts(lake: Lake) -> None:
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        lake.start(lake.analyst(without="location"), "SELECT 1")


def test_without_a_right_on_the_workgroup_nothing_starts(lake: Lake) -> None:
    analyst = lake.new_role(
        *lake.rights().values(),
        {"Effect": "Deny", "Action": "athena:Start*", "Resource": lake.workgroup},
    )
    with pytest.raises(ClientError, match="perform: athena:StartQueryExecution"):
        lake.start(analyst, "SELECT 1")


def test_without_a_right_on_the_result_it_cannot_be_fetched(lake: Lake) -> None:
    analyst = lake.analyst(without="results")
    query_id = lake.run(analyst, "SELECT 1")["QueryExecutionId"]

    with pytest.raises(ClientError, match="Access denied when reading from location"):
        lake.client("athena", role=analyst).get_query_results(QueryExecutionId=query_id)


def test_a_view_needs_the_rights_on_what_it_reads(lake: Lake) -> None:
    of_view = f"{CATALOG}:table/{lake.name}/labels"
    lake.client("glue").create_table(
        DatabaseName=lake.name,
        TableInput=view_table(
            "labels", "SELECT label FROM faces", lake.name, label="varchar"
        ),
    )
    rights = {**lake.rights(), "view": allow("glue:GetTable", of_view)}
    reader = lake.new_role(*rights.values())
    del rights["table"]
    other = lake.new_role(*rights.values())

    assert lake.rows(reader, "SELECT * FROM labels") == [["label"], ["face"]]
    failed = lake.run(other, "SELECT * FROM labels")["Status"]["StateChangeReason"]
    assert f"glue:GetTable on resource: {CATALOG}:table/{lake.name}/faces" in failed


@pytest.mark.parametrize(
    "condition",
    [
        {"ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}},
        {"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}},
        {"StringEquals": {"aws:CalledViaLast": "athena.amazonaws.com"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"Null": {"aws:CalledVia": "false"}},
    ],
)
def test_conditions_tell_a_query_from_a_call_by_hand(
    lake: Lake, condition: dict[str, Any]
) -> None:
    rights = lake.rights()
    rights["read"] = allow("s3:GetObject", f"arn:aws:s3:::{lake.data}/*", condition)
    rights["key"] = allow("kms:Decrypt", lake.key, None)
    analyst = lake.new_role(*rights.values())

    assert lake.run(analyst, "SELECT * FROM faces")["Status"]["State"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="perform: s3:GetObject"):
        lake.client("s3", role=analyst).get_object(Bucket=lake.data, Key=KEY)


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"Null": {"aws:CalledVia": "true"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
        {"ForAllValues:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
    ],
)
def test_a_right_by_hand_is_no_right_by_query(
    lake: Lake, condition: dict[str, Any]
) -> None:
    rights = lake.rights()
    rights["read"] = allow("s3:GetObject", f"arn:aws:s3:::{lake.data}/*", condition)
    status = lake.run(lake.new_role(*rights.values()), "SELECT * FROM faces")["Status"]
    assert status["StateChangeReason"].startswith("Permission denied on S3 path")


def test_s3_itself_uses_a_key_as_a_service(lake: Lake) -> None:
    by_service = {
        "Bool": {"aws:ViaAWSService": "true"},
        "Null": {"aws:CalledVia": "true"},
    }
    reader = lake.new_role(
        allow("s3:GetObject", f"arn:aws:s3:::{lake.data}/*", None),
        allow("kms:Decrypt", lake.key, by_service),
    )
    by_hand = lake.client("s3", role=reader).get_object(Bucket=lake.data, Key=KEY)
    assert by_hand["Body"].read()


@pytest.fixture
def locked(lake: Lake) -> Iterator[Lake]:
    """The data may be read through an endpoint or through Athena only."""
    s3, arn = lake.client("s3"), f"arn:aws:s3:::{lake.data}"
    lock = {
        "Effect": "Deny",
        "Principal": "*",
        "NotAction": ["s3:PutObject"],
        "Resource": [arn, f"{arn}/*"],
        "Condition": {
            "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"},
            "ForAllValues:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"},
        },
    }
    s3.put_bucket_policy(Bucket=lake.data, Policy=policy(lock))
    yield lake
    s3.delete_bucket_policy(Bucket=lake.data)


def test_a_lock_that_knows_athena_lets_queries_through_only(locked: Lake) -> None:
    everything = locked.new_role(allow("*", "*", None))

    assert locked.rows(everything, "SELECT label FROM faces")[1:] == [["face"]]
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        locked.client("s3", role=everything).get_object(Bucket=locked.data, Key=KEY)


def test_a_key_policy_counts_for_queries(lake: Lake) -> None:
    kms, everything = lake.client("kms"), lake.new_role(allow("*", "*", None))
    before = kms.get_key_policy(KeyId=lake.key)["Policy"]
    by_hand_only = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"Null": {"aws:CalledVia": "false"}},
    }
    own = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=lake.key, Policy=policy(own, by_hand_only))
    try:
        failed = lake.run(everything, "SELECT * FROM faces")["Status"]
        by_hand = lake.client("s3", role=everything).get_object
        assert by_hand(Bucket=lake.data, Key=KEY)["Body"].read()
    finally:
        kms.put_key_policy(KeyId=lake.key, Policy=before)

    assert failed["StateChangeReason"].startswith("Permission denied on S3 path")


def test_a_disabled_key_fails_the_query_and_says_so(lake: Lake) -> None:
    kms = lake.client("kms")
    kms.disable_key(KeyId=lake.key)
    try:
        failed: dict[str, Any] = lake.run(None, "SELECT * FROM faces")["Status"]
    finally:
        kms.enable_key(KeyId=lake.key)

    assert "is disabled" in failed["StateChangeReason"]
