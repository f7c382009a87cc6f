"""The promise that people hear who changes by hand what protects the data.

What there is to hear is written out as CloudTrail would record it, one call for each
way to change something, and each has to reach somebody. Nothing here knows the rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.event_patterns import matches
from review.plain import Resource, is_true, spelled, variables_of
from review.scene import Scene, mappings_in

from .invariant import Invariant, Violation

_BUCKETS = ("Models", "Inputs", "Outputs", "Control", "Logs")
_OF_BUCKETS = (
    "DeleteBucketEncryption",
    "DeleteBucketLifecycle",
    "DeleteBucketOwnershipControls",
    "DeleteBucketPolicy",
    "DeleteBucketPublicAccessBlock",
    "PutBucketAcl",
    "PutBucketEncryption",
    "PutBucketLifecycle",
    "PutBucketLogging",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketReplication",
    "PutBucketVersioning",
)
"""AWS: Amazon S3 CloudTrail events."""

_OF_THE_KEY = (
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
)
_OF_A_GROUP = (
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
)
_OF_A_TABLE = ("CreateRoute", "DeleteRoute", "ReplaceRoute")
_OF_THE_TRAIL = ("DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail")

_ROLE = ":role/"
_SOMEBODY = f"arn:aws:iam::0{_ROLE}somebody"
_ROOT: Mapping[str, Any] = {"type": "Root"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call that is to be told.

    Args:
        name: The operation.
        service: Of which service.
        about: Path of the resource that it is about.
        what: How a report names it.
        request: Its parameters, as CloudTrail records them.
        more: What CloudTrail records beside them.
    """

    name: str
    service: str
    about: str
    what: str
    request: Mapping[str, Any]
    more: Mapping[str, Any]

    def event(self, identity: Mapping[str, Any]) -> dict[str, Any]:
        """As EventBridge delivers it."""
        return {
            "source": f"aws.{self.service}",
            "detail-type": "AWS API Call via CloudTrail",
            "detail": {
                "eventSource": f"{self.service}.amazonaws.com",
                "eventName": self.name,
                "userIdentity": identity,
                "requestParameters": self.request,
                **self.more,
            },
        }


def _told(scene: Scene) -> Iterator[Violation]:
    if len(scene.assembly.stacks) == 1:
        return  # A foundation that is reviewed alone has nobody who would tell.
    patterns = list(_patterns(scene))
    callers = {
        "the root user": _ROOT,
        **{role: _session_of(role) for role in _others(scene, patterns)},
    }
    for call in _calls(scene):
        for who, identity in callers.items():
            event = call.event(identity)
            if not any(matches(pattern, event) for pattern in patterns):
                yield Violation(
                    resource=call.about,
                    says=f"When {who} calls {call.name} on {call.what}, nobody is "
                    "told.",
                )


def _session_of(role: str) -> Mapping[str, Any]:
    issuer = {"sessionIssuer": {"type": "Role", "arn": role}}
    return {"type": "AssumedRole", "sessionContext": issuer}


def _others(scene: Scene, patterns: Sequence[Any]) -> Iterator[str]:
    """Somebody's role, and whichever a pattern names that is not the deployment's."""
    named = {text for pattern in patterns for text in _texts(pattern) if _ROLE in text}
    yield from sorted(
        {_SOMEBODY, *named} - set(scene.declared.perimeter.deployment_roles)
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _patterns(scene: Scene) -> Iterator[Any]:
    """Patterns of the rules that tell somebody."""
    for rule in scene.estate.of_type("AWS::Events::Rule"):
        given = rule.properties
        is_on = given.get("State", "ENABLED") == "ENABLED"
        on_the_bus = given.get("EventBusName", "default") == "default"
        if is_on and on_the_bus and "EventPattern" in given and _tells(scene, rule):
            yield given["EventPattern"]


def _tells(scene: Scene, rule: Resource) -> bool:
    """Whether the event itself comes to a function that publishes."""
    told = {
        scene.estate.names(function).arn
        for function in scene.estate.of_type("AWS::Lambda::Function")
        if _publishes(scene, function)
    }
    told |= set(_queues_of(scene, told))
    return any(
        str(target.get("Arn")) in told
        and not target.keys() & {"Input", "InputPath", "InputTransformer"}
        for target in mappings_in(rule, "Targets")
    )


def _publishes(scene: Scene, function: Resource) -> bool:
    variables = spelled(dict(variables_of(function)))
    return any(
        scene.estate.names(topic).arn in variables
        for topic in scene.estate.of_type("AWS::SNS::Topic")
    )


def _queues_of(scene: Scene, functions: set[str]) -> Iterator[str]:
    """ARNs of the queues of which functions are given all messages."""
    names = {
        name: scene.estate.names(each).arn
        for each in scene.estate.of_type("AWS::Lambda::Function")
        for name in (scene.estate.names(each).reference, scene.estate.names(each).arn)
    }
    for mapping in scene.estate.of_type("AWS::Lambda::EventSourceMapping"):
        given = mapping.properties
        function = names.get(str(given.get("FunctionName")))
        is_on = is_true(given.get("Enabled", True))
        if function in functions and is_on and "FilterCriteria" not in given:
            yield str(given.get("EventSourceArn"))


def _calls(scene: Scene) -> Iterator[_Call]:
    yield from _at_buckets(scene)
    key = {"resources": [{"type": "AWS::KMS::Key", "ARN": scene.named("KeyArn")}]}
    for name in _OF_THE_KEY:
        yield _call("kms", name, scene.key, {"keyId": scene.key.logical_id}, **key)
    yield from _at_the_network(scene)
    if scene.declared.audits:
        yield from _at_the_trail(scene)
    for role in scene.declared.perimeter.break_glass:
        taken = {"roleArn": role.replace("*", "0123456789abcdef")}
        for name in ("AssumeRole", "AssumeRoleWithSAML"):
            yield _Call(
                name=name,
                service="sts",
                about=scene.foundation.name,
                what=role,
                request=taken,
                more={},
            )


def _call(
    service: str, name: str, about: Resource, request: Mapping[str, Any], **more: Any
) -> _Call:
    return _Call(
        name=name,
        service=service,
        about=about.path,
        what=about.path,
        request=request,
        more=more,
    )


def _at_buckets(scene: Scene) -> Iterator[_Call]:
    for kind in _BUCKETS:
        bucket = scene.bucket(kind.lower())
        given = {"bucketName": scene.named(f"{kind}Bucket")}
        for name in _OF_BUCKETS:
            yield _call("s3", name, bucket, given)


def _at_the_network(scene: Scene) -> Iterator[_Call]:
    """AWS: Log Amazon EC2 API calls using AWS CloudTrail."""
    vpc_id, endpoint_id = scene.named("VpcId"), scene.named("EndpointId")
    vpc = scene.resource("AWS::EC2::VPC", vpc_id)
    for name in ("AttachInternetGateway", "AttachVpnGateway"):
        yield _call("ec2", name, vpc, {"vpcId": vpc_id})
    for one, another in (("vpcId", "peerVpcId"), ("peerVpcId", "vpcId")):
        given = {one: vpc_id, another: "vpc-another"}
        yield _call("ec2", "CreateVpcPeeringConnection", vpc, given)
    for name in (
        "CreateEgressOnlyInternetGateway",
        "CreateTransitGatewayVpcAttachment",
        "CreateVpcEndpoint",
    ):
        yield _call("ec2", name, vpc, {f"{name}Request": {"VpcId": vpc_id}})
    endpoint = scene.resource("AWS::EC2::VPCEndpoint", endpoint_id)
    values: tuple[tuple[str, Any], ...] = (
        ("ModifyVpcEndpoint", endpoint_id),
        ("DeleteVpcEndpoints", [{"tag": 1, "content": endpoint_id}]),
    )
    for name, value in values:
        request = {f"{name}Request": {"VpcEndpointId": value}}
        yield _call("ec2", name, endpoint, request)
    yield from _at_parts_of_the_network(scene)


def _at_parts_of_the_network(scene: Scene) -> Iterator[_Call]:
    def called(kind: str) -> Iterator[tuple[Resource, str]]:
        for each in scene.estate.of_type(f"AWS::EC2::{kind}"):
            yield each, str(scene.estate.names(each).reference)

    for subnet, subnet_id in called("Subnet"):
        given = {"subnetId": subnet_id, "routeTableId": "rtb-another"}
        yield _call("ec2", "AssociateRouteTable", subnet, given)
        gateway = {"CreateNatGatewayRequest": {"SubnetId": subnet_id}}
        yield _call("ec2", "CreateNatGateway", subnet, gateway)
    for tied, association_id in called("SubnetRouteTableAssociation"):
        for name in ("DisassociateRouteTable", "ReplaceRouteTableAssociation"):
            yield _call("ec2", name, tied, {"associationId": association_id})
    for table, table_id in called("RouteTable"):
        for name in _OF_A_TABLE:
            yield _call("ec2", name, table, {"routeTableId": table_id})
    for log, log_id in called("FlowLog"):
        deleted = {"DeleteFlowLogsRequest": {"FlowLogId": {"content": log_id}}}
        yield _call("ec2", "DeleteFlowLogs", log, deleted)
    for group in scene.estate.of_type("AWS::EC2::SecurityGroup"):
        group_id = scene.estate.names(group).attribute("GroupId")
        for name in _OF_A_GROUP:
            yield _call("ec2", name, group, {"groupId": group_id})
        rules = {"ModifySecurityGroupRulesRequest": {"GroupId": group_id}}
        yield _call("ec2", "ModifySecurityGroupRules", group, rules)


def _at_the_trail(scene: Scene) -> Iterator[_Call]:
    for trail in scene.estate.of_type("AWS::CloudTrail::Trail"):
        names = scene.estate.names(trail)
        for name in _OF_THE_TRAIL:
            field = "trailName" if name == "PutEventSelectors" else "name"
            for value in (names.name, names.arn):
                yield _call("cloudtrail", name, trail, {field: value})


TAMPERING = (
    Invariant(
        id="tampering-told",
        says="People are told when somebody changes by hand what protects the data, or "
        "takes a break-glass role.",
        violations=_told,
    ),
)
"""All of them."""
