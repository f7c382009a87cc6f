"""Which calls are told, and which are not, as EventBridge matches events."""

import json
from dataclasses import replace
from typing import Any

import pytest
from ministack.services import eventbridge

from private_transform.tampering import Protection, Trail, tampering

ACCOUNT = "123456789012"
DEPLOYMENT = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-eu"
GLASS = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Glass"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0"
TRAIL = Trail(name="dev-audit", arn=f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/a")
PROTECTION = Protection(
    buckets=["the-inputs", "the-logs"],
    key=KEY,
    vpc="vpc-1",
    subnets=["subnet-1", "subnet-2"],
    route_table="rtb-1",
    associations=["rtbassoc-1", "rtbassoc-2"],
    endpoint="vpce-1",
    groups=["sg-1", "sg-2"],
    flow_log="fl-1",
    trail=TRAIL,
)
PATTERNS = tampering(
    PROTECTION, deployment_roles=[DEPLOYMENT], break_glass=[GLASS, f"{SSO}_*"]
)
ANOTHER = {
    "type": "AssumedRole",
    "sessionContext": {
        "sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:role/administrator"}
    },
}
_OF_KEY = {"resources": [{"type": "AWS::KMS::Key", "ARN": KEY}]}

CHANGES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "s3": [
        (name, {"requestParameters": {"bucketName": "the-inputs"}})
        for name in (
            "DeleteBucketPolicy",
            "DeleteBucketPublicAccessBlock",
            "PutBucketEncryption",
            "PutBucketLifecycle",
            "PutBucketOwnershipControls",
            "PutBucketPolicy",
            "PutBucketPublicAccessBlock",
            "PutBucketVersioning",
        )
    ],
    "kms": [
        (name, {"requestParameters": {"keyId": "0"}, **_OF_KEY})
        for name in (
            "DisableKey",
            "DisableKeyRotation",
            "PutKeyPolicy",
            "ScheduleKeyDeletion",
        )
    ],
    "ec2": [
        (name, {"requestParameters": given})
        for name, given in (
            ("CreateRoute", {"routeTableId": "rtb-1", "gatewayId": "igw-1"}),
            ("AssociateRouteTable", {"routeTableId": "rtb-9", "subnetId": "subnet-2"}),
            (
                "ReplaceRouteTableAssociation",
                {"routeTableId": "rtb-9", "associationId": "rtbassoc-2"},
            ),
            ("DisassociateRouteTable", {"associationId": "rtbassoc-1"}),
            ("AttachInternetGateway", {"vpcId": "vpc-1", "internetGatewayId": "igw-1"}),
            ("CreateNatGateway", {"CreateNatGatewayRequest": {"SubnetId": "subnet-1"}}),
            ("CreateVpcPeeringConnection", {"vpcId": "vpc-9", "peerVpcId": "vpc-1"}),
            ("AuthorizeSecurityGroupEgress", {"groupId": "sg-1"}),
            ("RevokeSecurityGroupIngress", {"groupId": "sg-2"}),
            (
                "ModifySecurityGroupRules",
                {"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1"}},
            ),
            (
                "ModifyVpcEndpoint",
                {"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-1"}},
            ),
            (
                "DeleteVpcEndpoints",
                {
                    "DeleteVpcEndpointsRequest": {
                        "VpcEndpointId": [
                            {"tag": 1, "content": "vpce-9"},
                            {"tag": 2, "content": "vpce-1"},
                        ]
                    }
                },
            ),
            ("CreateVpcEndpoint", {"CreateVpcEndpointRequest": {"VpcId": "vpc-1"}}),
            (
                "DeleteFlowLogs",
                {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}},
            ),
        )
    ],
    "cloudtrail": [
        ("StopLogging", {"requestParameters": {"name": TRAIL.arn}}),
        ("DeleteTrail", {"requestParameters": {"name": TRAIL.name}}),
        ("UpdateTrail", {"requestParameters": {"name": TRAIL.name}}),
        ("PutEventSelectors", {"requestParameters": {"trailName": TRAIL.name}}),
    ],
    "sts": [
        ("AssumeRole", {"requestParameters": {"roleArn": GLASS}}),
        ("AssumeRoleWithSAML", {"requestParameters": {"roleArn": f"{SSO}_0a1b"}}),
    ],
}
EVERY = [
    pytest.param(service, name, detail, id=name)
    for service, calls in CHANGES.items()
    for name, detail in calls
]
OTHERS = [
    ("s3", "PutBucketPolicy", {"requestParameters": {"bucketName": "theirs"}}),
    ("s3", "PutObject", {"requestParameters": {"bucketName": "the-inputs"}}),
    ("s3", "GetBucketPolicy", {"requestParameters": {"bucketName": "the-inputs"}}),
    ("kms", "PutKeyPolicy", {"resources": [{"ARN": f"{KEY}1"}]}),
    ("kms", "CreateGrant", _OF_KEY),
    ("kms", "Decrypt", _OF_KEY),
    ("ec2", "CreateRoute", {"requestParameters": {"routeTableId": "rtb-9"}}),
    # What SageMaker does for each job.
    ("ec2", "CreateNetworkInterface", {"requestParameters": {"subnetId": "subnet-1"}}),
    ("cloudtrail", "StopLogging", {"requestParameters": {"name": "another"}}),
    ("sts", "AssumeRole", {"requestParameters": {"roleArn": f"{GLASS}-of-another"}}),
]


def told(service: str, name: str, detail: dict[str, Any], **more: Any) -> bool:
    event = {
        "Source": f"aws.{service}",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(
            {
                "eventSource": f"{service}.amazonaws.com",
                "eventName": name,
                "userIdentity": ANOTHER,
                **detail,
                **more,
            }
        ),
    }
    matching = [
        pattern
        for pattern in PATTERNS.values()
        if eventbridge._matches_pattern(json.dumps(pattern), event)
    ]
    assert len(matching) <= 1
    return bool(matching)


@pytest.mark.parametrize(("service", "name", "detail"), EVERY)
@pytest.mark.parametrize(
    "identity",
    [ANOTHER, {"type": "Root"}, {"type": "AWSService", "invokedBy": "AWS Internal"}],
    ids=["role", "root", "service"],
)
def test_what_another_changes_is_told_whoever_it_is(
    service: str, name: str, detail: dict[str, Any], identity: dict[str, Any]
) -> None:
    assert told(service, name, detail, userIdentity=identity)


@pytest.mark.parametrize(("service", "name", "detail"), EVERY)
def test_deployments_are_not_told(
    service: str, name: str, detail: dict[str, Any]
) -> None:
    session = {"sessionContext": {"sessionIssuer": {"arn": DEPLOYMENT}}}
    # Whoever takes the break-glass role, it is taken.
    assert told(service, name, detail, userIdentity=session) == (service == "sts")


@pytest.mark.parametrize(("service", "name", "detail"), EVERY)
def test_what_was_refused_has_changed_nothing(
    service: str, name: str, detail: dict[str, Any]
) -> None:
    assert not told(service, name, detail, errorCode="AccessDenied")


@pytest.mark.parametrize(("service", "name", "detail"), OTHERS)
def test_nothing_else_is_told(service: str, name: str, detail: dict[str, Any]) -> None:
    assert not told(service, name, detail)


def test_parts_that_are_not_there_have_no_pattern() -> None:
    bare = replace(PROTECTION, trail=None)
    found = tampering(bare, deployment_roles=[DEPLOYMENT], break_glass=[])
    assert len(found) == len(PATTERNS) - 2


def test_patterns_are_no_longer_than_eventbridge_takes() -> None:
    """AWS: Amazon EventBridge quotas, event pattern size; a subnet for each zone."""
    long = Protection(
        buckets=["b" * 63] * 5,
        key=KEY + "0" * 35,
        vpc="vpc-" + "0" * 17,
        subnets=["subnet-" + "0" * 17] * 6,
        route_table="rtb-" + "0" * 17,
        associations=["rtbassoc-" + "0" * 17] * 6,
        endpoint="vpce-" + "0" * 17,
        groups=["sg-" + "0" * 17] * 2,
        flow_log="fl-" + "0" * 17,
        trail=Trail(name="t" * 60, arn=TRAIL.arn + "t" * 60),
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/{'r' * 64}"
    for pattern in tampering(
        long, deployment_roles=[role], break_glass=[role] * 8
    ).values():
        assert len(json.dumps(pattern)) <= 2048
