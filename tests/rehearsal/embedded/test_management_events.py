"""Served calls become the events that CloudTrail makes of them."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT
from tests.rehearsal.waiting import wait_until

HERE = "us-west-2"
"""A region of its own: other tests make calls too."""

Hear = Callable[[str], list[dict[str, Any]]]
ALL = {
    "Effect": "Allow",
    "Action": ["cloudtrail:*", "ec2:*", "kms:*", "s3:*", "sts:*"],
    "Resource": "*",
}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture(scope="module")
def role(new_role: Callable[..., str]) -> str:
    return new_role(ALL, path="/people/")


@pytest.fixture(scope="module")
def api(client: Callable[..., Any], role: str) -> Callable[[str], Any]:
    """Clients of somebody in a role."""
    return lambda service: client(service, role=role, region=HERE)


@pytest.fixture
def queue(client: Callable[..., Any]) -> str:
    """A queue of all of CloudTrail's events; its URL."""
    sqs, events = client("sqs", region=HERE), client("events", region=HERE)
    name = f"heard-{uuid4().hex[:8]}"
    url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
    pattern = {"detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:{HERE}:{ACCOUNT}:{name}"
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
    return url


@pytest.fixture
def trail(client: Callable[..., Any]) -> Iterator[str]:
    """The only trail of the region, which records; its name."""
    cloudtrail, name = client("cloudtrail", region=HERE), f"trail-{uuid4().hex[:8]}"
    cloudtrail.create_trail(Name=name, S3BucketName="logs")
    cloudtrail.start_logging(Name=name)
    yield name
    cloudtrail.delete_trail(Name=name)


@pytest.fixture
def heard(client: Callable[..., Any], queue: str) -> Hear:
    """Wait for the event of a call, and answer all that was heard until then."""
    sqs = client("sqs", region=HERE)

    def wait(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            found.extend(
                json.loads(each["Body"]) for each in answer.get("Messages", [])
            )
            return name in [each["detail"]["eventName"] for each in found]

        wait_until(is_there)
        return found

    return wait


def of_s3(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    bucket = f"bucket-{uuid4().hex[:8]}"
    client("s3", region=HERE).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HERE}
    )
    put = api("s3").put_bucket_policy
    return lambda: put(Bucket=bucket, Policy=POLICY), {"bucketName": bucket}


def without_policy(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    put, given = of_s3(api, client)
    put()
    delete = api("s3").delete_bucket_policy
    return lambda: delete(Bucket=given["bucketName"]), given


def _key(client: Any) -> str:
    return str(client("kms", region=HERE).create_key()["KeyMetadata"]["KeyId"])


def of_kms(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    key = _key(client)
    return lambda: api("kms").disable_key(KeyId=key), {"keyId": key}


def key_policy(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    key, kms = _key(client), api("kms")
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    given = {"keyId": key, "policyName": "default", "policy": policy}
    return (
        lambda: kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy),
        given,
    )


def _vpc(client: Any) -> str:
    made = client("ec2", region=HERE).create_vpc(CidrBlock="10.9.0.0/24")
    return str(made["Vpc"]["VpcId"])


def group(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    made = client("ec2", region=HERE).create_security_group(
        GroupName="g", Description="g", VpcId=_vpc(client)
    )["GroupId"]
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "192.0.2.0/24"}],
    }
    change = api("ec2").authorize_security_group_egress
    return lambda: change(GroupId=made, IpPermissions=[rule]), {"groupId": made}


def route(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    ec2, vpc = client("ec2", region=HERE), _vpc(client)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    given = {
        "RouteTableId": table,
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": gateway,
    }
    return (
        lambda: api("ec2").create_route(**given),
        {name[0].lower() + name[1:]: value for name, value in given.items()},
    )


def endpoint(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    made = client("ec2", region=HERE).create_vpc_endpoint(
        VpcId=_vpc(client), ServiceName=f"com.amazonaws.{HERE}.s3"
    )["VpcEndpoint"]["VpcEndpointId"]
    given = {"VpcEndpointId": made, "PolicyDocument": POLICY}
    return (
        lambda: api("ec2").modify_vpc_endpoint(**given),
        {"ModifyVpcEndpointRequest": given},
    )


def _flow_logs(client: Any, number: int) -> list[str]:
    made = client("ec2", region=HERE).create_flow_logs(
        ResourceIds=[_vpc(client) for _ in range(number)],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="flows",
        DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/any",
    )
    return list(made["FlowLogIds"])


def flow_log(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    (made,) = _flow_logs(client, 1)
    return (
        lambda: api("ec2").delete_flow_logs(FlowLogIds=[made]),
        {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": made}}},
    )


def flow_logs(api: Any, client: Any) -> tuple[Callable[[], Any], Any]:
    made = _flow_logs(client, 3)
    listed = [{"tag": n, "content": each} for n, each in enumerate(made, 1)]
    return (
        lambda: api("ec2").delete_flow_logs(FlowLogIds=made),
        {"DeleteFlowLogsRequest": {"FlowLogId": listed}},
    )


@pytest.mark.parametrize(
    ("name", "prepare"),
    [
        ("PutBucketPolicy", of_s3),
        ("DeleteBucketPolicy", without_policy),
        ("DisableKey", of_kms),
        ("PutKeyPolicy", key_policy),
        ("AuthorizeSecurityGroupEgress", group),
        ("CreateRoute", route),
        ("ModifyVpcEndpoint", endpoint),
        ("DeleteFlowLogs", flow_log),
        ("DeleteFlowLogs", flow_logs),
    ],
)
def test_a_served_call_is_an_event_with_who_made_it_and_of_what(
    name: str, prepare: Any, api: Any, client: Any, role: str, trail: str, heard: Hear
) -> None:
    call, given = prepare(api, client)
    call()
    event = heard(name)[-1]
    detail = event["detail"]
    assert event["source"] == f"aws.{detail['eventSource'].partition('.')[0]}"
    assert event["region"] == detail["awsRegion"] == HERE
    assert given.items() <= detail["requestParameters"].items()
    who = detail["userIdentity"]
    assert who["type"] == "AssumedRole"
    assert who["sessionContext"]["sessionIssuer"]["arn"] == role
    assert who["arn"].endswith("/test")
    assert detail["sourceIPAddress"] == "127.0.0.1"
    assert {"eventID", "eventTime"} <= detail.keys()
    assert "errorCode" not in detail


def test_kms_says_which_key_however_it_is_named(
    api: Any, client: Any, trail: str, heard: Hear
) -> None:
    call, given = of_kms(api, client)
    call()
    arn = f"arn:aws:kms:{HERE}:{ACCOUNT}:key/{given['keyId']}"
    assert heard("DisableKey")[-1]["detail"]["resources"] == [
        {"type": "AWS::KMS::Key", "ARN": arn}
    ]


def test_a_trail_records_its_own_end(api: Any, trail: str, heard: Hear) -> None:
    api("cloudtrail").stop_logging(Name=trail)
    assert heard("StopLogging")[-1]["detail"]["requestParameters"] == {"name": trail}


def test_the_root_user_has_no_role(
    client: Any, role: str, trail: str, heard: Hear
) -> None:
    sts = client("sts", region=HERE)
    sts.assume_role(RoleArn=role, RoleSessionName="somebody")
    detail = heard("AssumeRole")[-1]["detail"]
    assert detail["userIdentity"]["type"] == "Root"
    assert "sessionContext" not in detail["userIdentity"]
    assert detail["requestParameters"] == {
        "roleArn": role,
        "roleSessionName": "somebody",
    }


def test_what_no_trail_records_is_no_event(
    api: Any, client: Any, request: pytest.FixtureRequest, heard: Hear
) -> None:
    disable, _ = of_kms(api, client)
    disable()
    request.getfixturevalue("trail")
    put, _ = key_policy(api, client)
    put()
    assert len(heard("PutKeyPolicy")) == 1


def test_a_refused_call_is_no_event(
    client: Any, new_role: Any, trail: str, api: Any, heard: Hear
) -> None:
    call, given = of_kms(api, client)
    with pytest.raises(ClientError):
        client("kms", role=new_role(), region=HERE).disable_key(KeyId=given["keyId"])
    call()
    assert len(heard("DisableKey")) == 1
