"""What a workgroup decides for its queries."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT
from tests.rehearsal.athena.conftest import configuration
from tests.rehearsal.athena.lakes import Lake, allow
from tests.rehearsal.conftest import policy


@pytest.fixture
def workgroup(lake: Lake) -> Callable[..., str]:
    """Make a workgroup whose configuration has these changes; its name."""

    def make(**changes: Any) -> str:
        name = f"group-{uuid4().hex[:8]}"
        settings = configuration(lake, **changes)
        lake.client("athena").create_work_group(Name=name, Configuration=settings)
        return name

    return make


def location(execution: dict[str, Any]) -> tuple[str, str]:
    found = execution["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = found.removeprefix("s3://").partition("/")
    return bucket, key


def test_results_lie_encrypted_where_the_workgroup_says(lake: Lake) -> None:
    elsewhere = {"OutputLocation": f"s3://{lake.data}/mine/"}

    execution = lake.run(
        lake.analyst(), "SELECT label FROM faces", ResultConfiguration=elsewhere
    )

    bucket, key = location(execution)
    assert (bucket, key) == (
        lake.outputs,
        f"athena/{execution['QueryExecutionId']}.csv",
    )
    for each in (key, f"{key}.metadata"):
        head = lake.client("s3").head_object(Bucket=bucket, Key=each)
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"] == lake.key
    kept = lake.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert kept == b'"label"\n"face"\n'
    assert execution["ResultConfiguration"]["EncryptionConfiguration"] == {
        "EncryptionOption": "SSE_KMS",
        "KmsKey": lake.key,
    }


def test_a_workgroup_that_enforces_nothing_lets_clients_choose(
    lake: Lake, workgroup: Callable[..., str]
) -> None:
    group = workgroup(EnforceWorkGroupConfiguration=False)
    chosen = {"OutputLocation": f"s3://{lake.outputs}/mine"}

    mine = lake.run(None, "SELECT 1", WorkGroup=group, ResultConfiguration=chosen)
    default = lake.run(None, "SELECT 1", WorkGroup=group)

    assert location(mine)[1].startswith("mine/")
    assert location(default)[1].startswith("athena/")


@pytest.fixture
def kept_together(lake: Lake) -> Iterator[Lake]:
    """Nobody writes into the results' bucket outside of Athena's prefix."""
    lock = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "NotResource": f"arn:aws:s3:::{lake.outputs}/athena/*",
    }
    s3 = lake.client("s3")
    s3.put_bucket_policy(Bucket=lake.outputs, Policy=policy(lock))
    yield lake
    s3.delete_bucket_policy(Bucket=lake.outputs)


def test_a_lock_on_the_prefix_holds_for_results_too(
    kept_together: Lake, workgroup: Callable[..., str]
) -> None:
    lake, group = kept_together, workgroup(EnforceWorkGroupConfiguration=False)
    everything = lake.new_role(allow("*", "*", None))
    outside = {"OutputLocation": f"s3://{lake.outputs}/mine/"}

    refused = lake.run(
        everything, "SELECT 1", WorkGroup=group, ResultConfiguration=outside
    )
    kept = lake.run(everything, "SELECT 1", WorkGroup=group)

    assert refused["Status"]["StateChangeReason"] == (
        f"Access denied when writing to location: s3://{lake.outputs}/mine/"
        f"{refused['QueryExecutionId']}.csv"
    )
    assert kept["Status"]["State"] == "SUCCEEDED"


@pytest.fixture
def with_key_only(lake: Lake) -> Iterator[Lake]:
    """Nobody writes results with another key than the lake's, or without one."""
    lock = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{lake.outputs}/*",
        "Condition": {
            "StringNotEquals": {
                "s3:x-amz-server-side-encryption-aws-kms-key-id": lake.key
            }
        },
    }
    s3 = lake.client("s3")
    s3.put_bucket_policy(Bucket=lake.outputs, Policy=policy(lock))
    yield lake
    s3.delete_bucket_policy(Bucket=lake.outputs)


def test_results_name_their_key_when_they_are_written(
    with_key_only: Lake, workgroup: Callable[..., str]
) -> None:
    lake = with_key_only
    plain = {"OutputLocation": f"s3://{lake.outputs}/athena/"}
    keyless = workgroup(ResultConfiguration=plain)
    everything = lake.new_role(allow("*", "*", None))

    kept = lake.run(everything, "SELECT 1")["Status"]
    refused = lake.run(everything, "SELECT 1", WorkGroup=keyless)["Status"]

    assert kept["State"] == "SUCCEEDED"
    assert refused["StateChangeReason"].startswith("Access denied when writing")


def test_a_bucket_of_another_owner_takes_no_results(
    lake: Lake, workgroup: Callable[..., str]
) -> None:
    own = configuration(lake)["ResultConfiguration"]
    group = workgroup(
        ResultConfiguration={**own, "ExpectedBucketOwner": "999999999999"}
    )
    assert own["ExpectedBucketOwner"] == ACCOUNT
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        lake.start(None, "SELECT 1", WorkGroup=group)


@pytest.mark.parametrize("group", ["nowhere", "primary"])
def test_without_a_workgroup_or_a_location_nothing_starts(
    lake: Lake, group: str
) -> None:
    said = {"nowhere": "WorkGroup is not found", "primary": "No output location"}
    with pytest.raises(ClientError, match=said[group]) as refused:
        lake.start(None, "SELECT 1", WorkGroup=group)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"


def test_a_disabled_workgroup_starts_nothing(
    lake: Lake, workgroup: Callable[..., str]
) -> None:
    group = workgroup()
    lake.client("athena").update_work_group(WorkGroup=group, State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        lake.start(None, "SELECT 1", WorkGroup=group)


def test_a_query_that_would_scan_too_much_is_cancelled(
    lake: Lake, workgroup: Callable[..., str]
) -> None:
    group = workgroup(BytesScannedCutoffPerQuery=10_000_000)
    small = lake.run(None, "SELECT * FROM faces", WorkGroup=group)
    lake.put("faces/date=2026-02-01/large.out", b" " * 10_000_000)

    large = lake.run(None, "SELECT * FROM faces", WorkGroup=group)

    lake.client("s3").delete_object(
        Bucket=lake.data, Key="faces/date=2026-02-01/large.out"
    )
    assert small["Statistics"]["DataScannedInBytes"] == len(b'{"label": "face"}\n')
    assert large["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in large["Status"]["StateChangeReason"]
    assert large["Statistics"]["DataScannedInBytes"] > 10_000_000
