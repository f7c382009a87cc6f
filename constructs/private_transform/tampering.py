"""Which calls change what protects the data, as event patterns of EventBridge.

A pattern matches what CloudTrail records of a call that was served (AWS: CloudTrail
record contents). A field that is not there never matches `anything-but`, so callers
without a role, such as the root user, are let through by `exists` (AWS: Comparison
operators for use in event patterns in Amazon EventBridge).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Pattern = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The environment's own trail, by both of the names that a call may use."""

    name: str
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What protects the data of an environment, by its names at AWS.

    Args:
        buckets: Names of the buckets.
        key: ARN of the key.
        vpc: Id of the VPC.
        subnets: Ids of its subnets.
        route_table: Id of the subnets' route table.
        associations: Ids that tie each subnet to it.
        endpoint: Id of the S3 endpoint.
        groups: Ids of the security groups of jobs.
        flow_log: Id of the record of all traffic.
        trail: The environment's own trail; None where the organization has one.
    """

    buckets: Sequence[str]
    key: str
    vpc: str
    subnets: Sequence[str]
    route_table: str
    associations: Sequence[str]
    endpoint: str
    groups: Sequence[str]
    flow_log: str
    trail: Trail | None


def tampering(
    protection: Protection,
    *,
    deployment_roles: Sequence[str],
    break_glass: Sequence[str],
) -> dict[str, Pattern]:
    """The patterns, by what they are about.

    Args:
        protection: What is watched.
        deployment_roles: ARNs of the roles whose changes are deployments.
        break_glass: ARNs of the roles whose use is told; `*` may end one.
    """
    others = {
        "sessionContext": {
            "sessionIssuer": {
                "arn": [{"exists": False}, {"anything-but": list(deployment_roles)}]
            }
        }
    }
    found = {
        about: _served(service, {**call, "userIdentity": others})
        for about, service, call in _changes(protection)
    }
    if break_glass:
        taken: dict[str, Any] = {
            "eventName": [{"prefix": "AssumeRole"}],
            "requestParameters": {"roleArn": [{"wildcard": r} for r in break_glass]},
        }
        found["the break-glass role is used"] = _served("sts", taken)
    return found


def _served(service: str, detail: Pattern) -> Pattern:
    return {
        "source": [f"aws.{service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": [f"{service}.amazonaws.com"],
            "errorCode": [{"exists": False}],
            **detail,
        },
    }


def _changes(protection: Protection) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What each change is about, the service that makes it, and the call."""
    yield (
        "somebody changes a bucket",
        "s3",
        {
            # Policy, public access block, encryption, versions, lifecycle, owners,
            # logging, replication, notifications and the rest (AWS: Amazon S3
            # CloudTrail events).
            "eventName": [{"prefix": "PutBucket"}, {"prefix": "DeleteBucket"}],
            "requestParameters": {"bucketName": list(protection.buckets)},
        },
    )
    yield (
        "somebody changes the key",
        "kms",
        {
            "eventName": [
                *("CancelKeyDeletion", "DisableKey", "DisableKeyRotation", "EnableKey"),
                *("EnableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion"),
            ],
            # A caller may name it by its id too; this is always there (AWS: Logging
            # AWS KMS API calls with AWS CloudTrail).
            "resources": {"ARN": [protection.key]},
        },
    )
    yield "somebody opens a way out of the network", "ec2", _ways_out(protection)
    yield "somebody changes what guards the network", "ec2", _guards(protection)
    if protection.trail is not None:
        names = [protection.trail.name, protection.trail.arn]
        yield (
            "somebody changes the audit trail",
            "cloudtrail",
            {
                "eventName": [
                    *("DeleteTrail", "PutEventSelectors", "StopLogging"),
                    "UpdateTrail",
                ],
                "requestParameters": {"$or": [{"name": names}, {"trailName": names}]},
            },
        )


def _ways_out(protection: Protection) -> dict[str, Any]:
    """Routes and gateways; EC2 records newer calls under their request's name."""
    vpc, subnets = [protection.vpc], list(protection.subnets)
    return {
        "eventName": [
            *("AssociateRouteTable", "AttachInternetGateway", "AttachVpnGateway"),
            *("CreateEgressOnlyInternetGateway", "CreateNatGateway", "CreateRoute"),
            *("CreateTransitGatewayVpcAttachment", "CreateVpcPeeringConnection"),
            *("DeleteRoute", "DisassociateRouteTable", "ReplaceRoute"),
            "ReplaceRouteTableAssociation",
        ],
        "requestParameters": {
            "$or": [
                {"vpcId": vpc},
                {"peerVpcId": vpc},
                {"subnetId": subnets},
                {"routeTableId": [protection.route_table]},
                {"associationId": list(protection.associations)},
                {"CreateEgressOnlyInternetGatewayRequest": {"VpcId": vpc}},
                {"CreateNatGatewayRequest": {"SubnetId": subnets}},
                {"CreateTransitGatewayVpcAttachmentRequest": {"VpcId": vpc}},
            ]
        },
    }


def _guards(protection: Protection) -> dict[str, Any]:
    """Endpoint, security groups and flow log; of lists, EC2 records the contents."""
    endpoint, groups = [protection.endpoint], list(protection.groups)
    return {
        "eventName": [
            *("AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"),
            *("CreateVpcEndpoint", "DeleteFlowLogs", "DeleteVpcEndpoints"),
            *("ModifySecurityGroupRules", "ModifyVpcEndpoint"),
            *("RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
        ],
        "requestParameters": {
            "$or": [
                {"groupId": groups},
                {"ModifySecurityGroupRulesRequest": {"GroupId": groups}},
                {"ModifyVpcEndpointRequest": {"VpcEndpointId": endpoint}},
                {"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"content": endpoint}}},
                {"CreateVpcEndpointRequest": {"VpcId": [protection.vpc]}},
                {
                    "DeleteFlowLogsRequest": {
                        "FlowLogId": {"content": [protection.flow_log]}
                    }
                },
            ]
        },
    }
