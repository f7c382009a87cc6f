"""Faults between the environment's functions and AWS, as their clients meet them."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from rehearsal.embedded.faults import Fault, Faults, Kind
from rehearsal.process import EmbeddedAws
from tests.rehearsal.clients import Client

ALL = {
    "Effect": "Allow",
    "Action": ["s3:*", "sagemaker:*", "logs:*"],
    "Resource": "*",
}
HURRIED = Config(
    retries={"total_max_attempts": 1}, read_timeout=0.2, s3={"addressing_style": "path"}
)


@pytest.fixture(scope="module")
def launcher(new_role: Callable[..., str]) -> str:
    return new_role(ALL, path="/private/trial-us-east-1/launcher/")


@pytest.fixture
def order(aws: EmbeddedAws) -> Iterator[Callable[..., None]]:
    """Order faults, which are forgotten with the test."""

    def one_for_each_call(*faults: Fault) -> None:
        aws.order_faults(faults)

    yield one_for_each_call
    aws.order_faults([])


def listing(kind: Kind) -> Fault:
    return Fault(action="sagemaker:ListModels", kind=kind)


def code_of(call: Callable[..., Any], **request: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as refused:
        call(**request)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


@pytest.mark.parametrize(
    ("action", "kind", "answer"),
    [
        ("sagemaker:ListModels", "throttled", (400, "ThrottlingException")),
        ("sagemaker:ListModels", "broken", (500, "InternalFailure")),
        ("logs:DescribeLogGroups", "throttled", (400, "ThrottlingException")),
        ("logs:DescribeLogGroups", "broken", (500, "InternalFailure")),
        ("s3:ListBucket", "throttled", (503, "SlowDown")),
        ("s3:ListBucket", "broken", (500, "InternalError")),
    ],
)
def test_a_refusal_is_told_in_the_words_of_its_service(
    client: Client,
    launcher: str,
    order: Callable[..., None],
    action: str,
    kind: Kind,
    answer: tuple[int, str],
) -> None:
    calls = {
        "sagemaker:ListModels": client("sagemaker", role=launcher).list_models,
        "logs:DescribeLogGroups": client("logs", role=launcher).describe_log_groups,
        "s3:ListBucket": lambda: client("s3", role=launcher).list_objects_v2(
            Bucket="some-bucket"
        ),
    }
    order(Fault(action=action, kind=kind))
    assert code_of(calls[action]) == answer


def test_a_silent_service_keeps_its_client_waiting(
    aws: EmbeddedAws, client: Client, launcher: str, order: Callable[..., None]
) -> None:
    given = client("sts").assume_role(RoleArn=launcher, RoleSessionName="hurried")
    hurried = boto3.client(
        "sagemaker",
        endpoint_url=aws.url,
        region_name="us-east-1",
        verify=aws.environment["AWS_CA_BUNDLE"],
        config=HURRIED,
        aws_access_key_id=given["Credentials"]["AccessKeyId"],
        aws_secret_access_key=given["Credentials"]["SecretAccessKey"],
        aws_session_token=given["Credentials"]["SessionToken"],
    )
    order(listing("silent"))
    with pytest.raises(ReadTimeoutError):
        hurried.list_models()
    hurried.close()
    assert aws.faults_to_come() == []


@pytest.mark.parametrize(("kind", "is_done"), [("cut", False), ("lost", True)])
def test_a_connection_is_cut_before_the_work_or_after_it(
    client: Client,
    launcher: str,
    new_bucket: Callable[..., str],
    order: Callable[..., None],
    kind: Kind,
    is_done: bool,
) -> None:
    s3, bucket = client("s3", role=launcher), new_bucket()
    order(Fault(action="s3:PutObject", kind=kind))
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=bucket, Key="x", Body=b"content")
    found = s3.list_objects_v2(Bucket=bucket)
    assert found["KeyCount"] == is_done
    if is_done:
        assert s3.get_object(Bucket=bucket, Key="x")["Body"].read() == b"content"


def test_each_fault_is_met_once_in_the_order_of_their_list(
    aws: EmbeddedAws, client: Client, launcher: str, order: Callable[..., None]
) -> None:
    sagemaker = client("sagemaker", role=launcher)
    order(listing("broken"), *[listing("throttled")] * 2)
    seen = [code_of(sagemaker.list_models)[1] for _ in range(3)]
    assert seen == ["InternalFailure", "ThrottlingException", "ThrottlingException"]
    assert aws.faults_to_come() == []
    assert sagemaker.list_models()["Models"] == []


def test_people_and_roles_of_other_paths_meet_none(
    aws: EmbeddedAws,
    client: Client,
    new_role: Callable[..., str],
    order: Callable[..., None],
) -> None:
    ordered = [listing("broken")] * 3
    order(*ordered)
    for path in ("/", "/private/trial-us-east-1/execution/", "/launcher/of-another/"):
        client("sagemaker", role=new_role(ALL, path=path)).list_models()
    client("sagemaker").list_models()
    assert aws.faults_to_come() == ordered


def test_a_body_that_was_looked_at_still_arrives(
    aws: EmbeddedAws,
    client: Client,
    launcher: str,
    new_bucket: Callable[..., str],
    order: Callable[..., None],
) -> None:
    s3, bucket = client("s3", role=launcher), new_bucket()
    order(Fault(action="s3:PutObject", kind="broken", about="/y"))
    s3.put_object(Bucket=bucket, Key="x", Body=b"content")
    assert s3.get_object(Bucket=bucket, Key="x")["Body"].read() == b"content"
    assert code_of(s3.put_object, Bucket=bucket, Key="y")[1] == "InternalError"


def test_orders_are_not_taken_through_an_endpoint(
    aws: EmbeddedAws, client: Client, order: Callable[..., None]
) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/24")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway"
    )["VpcEndpoint"]["VpcEndpointId"]
    order(listing("broken"))
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])
    url = f"{aws.through(endpoint)}/_rehearsal/faults"
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(url, data=b"[]", method="PUT"), context=trust)
    refused.value.close()
    assert aws.faults_to_come() == [listing("broken")]


def test_new_orders_replace_those_that_are_still_open() -> None:
    faults = Faults()
    faults.order([listing("broken")])
    faults.order([listing("cut")])
    assert faults.meet("sagemaker:ListModels", "") == "cut"
    assert faults.meet("sagemaker:ListModels", "") is None


def test_a_fault_is_for_its_action_and_for_what_it_is_about() -> None:
    faults = Faults()
    faults.order([Fault(action="s3:GetObject", kind="cut", about="trial-faces/")])
    assert faults.meet("s3:PutObject", "/control/requests/trial-faces/1") is None
    assert faults.meet("s3:GetObject", "/control/requests/trial-scores/1") is None
    assert faults.meet("s3:GetObject", "/control/requests/trial-faces/1") == "cut"
