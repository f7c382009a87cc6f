"""The promises about the network: there is no way to the internet, or anywhere else.

Types are named that may be there; any other type of a networking service may be a way
out, and what it is need not be known.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.plain import Resource, listed, whole_number
from review.scene import Scene, mappings_in

from .invariant import Invariant, Violation

OURS = {
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
}
"""Types of a network that other promises here look at."""

_NETWORKING = re.compile(
    "AWS::(AppStream|ApiGateway|ApiGatewayV2|DirectConnect|EC2|ElasticLoadBalancing"
    "|ElasticLoadBalancingV2|GlobalAccelerator|NetworkFirewall|NetworkManager|RAM"
    "|Route53Resolver|Transfer|VpcLattice)::"
)
_OF_A_CALL = {
    "action",
    "ignoreErrorCodesMatching",
    "outputPaths",
    "parameters",
    "physicalResourceId",
    "service",
}
_LOOPBACK = "127.0.0.1/32"


def _no_way_out(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.resources:
        if _NETWORKING.match(each.type) and each.type not in OURS:
            yield Violation(
                resource=each.path,
                says=f"{each.type} {each.path} may lead out of the private network.",
            )
    vpc = scene.resource("AWS::EC2::VPC", scene.named("VpcId"))
    for each in scene.estate.of_type("AWS::EC2::VPC"):
        if each != vpc:
            yield Violation(
                resource=each.path, says=f"{each.path} is another network beside ours."
            )
    yield from _no_public_addresses(scene)
    yield from _own_endpoint_alone(scene)


def _no_public_addresses(scene: Scene) -> Iterator[Violation]:
    for subnet in scene.estate.of_type("AWS::EC2::Subnet"):
        if subnet.properties.get("VpcId") != scene.named("VpcId"):
            yield Violation(
                resource=subnet.path,
                says=f"The subnet {subnet.path} lies in another network.",
            )
        for name in (
            "AssignIpv6AddressOnCreation",
            "EnableDns64",
            "Ipv6CidrBlock",
            "Ipv6Native",
            "MapPublicIpOnLaunch",
            "OutpostArn",
        ):
            if not _is_off(subnet.properties.get(name)):
                yield Violation(
                    resource=subnet.path,
                    says=f"What runs in {subnet.path} may get a public address: "
                    f"{name} is {subnet.properties[name]}.",
                )


def _own_endpoint_alone(scene: Scene) -> Iterator[Violation]:
    own = scene.resource("AWS::EC2::VPCEndpoint", scene.named("EndpointId"))
    for each in scene.estate.of_type("AWS::EC2::VPCEndpoint"):
        if each != own:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is a second endpoint: containers reach "
                f"{each.properties.get('ServiceName')} through it.",
            )
    service = f"com.amazonaws.{scene.place.region}.s3"
    for name, wanted in (
        ("ServiceName", service),
        ("VpcEndpointType", "Gateway"),
        ("VpcId", scene.named("VpcId")),
    ):
        found = own.properties.get(name, "Gateway" if "Type" in name else None)
        if found != wanted:
            yield Violation(
                resource=own.path,
                says=f"The endpoint's {name} is {found} and not {wanted}.",
            )


def _groups_closed(scene: Scene) -> Iterator[Violation]:
    for group in scene.estate.of_type("AWS::EC2::SecurityGroup"):
        if "SecurityGroupEgress" not in group.properties:
            # AWS: AWS::EC2::SecurityGroup, SecurityGroupEgress.
            yield Violation(
                resource=group.path,
                says=f"{group.path} names no egress, so that AWS lets everything out.",
            )
        for direction in ("Egress", "Ingress"):
            for rule in mappings_in(group, f"SecurityGroup{direction}"):
                yield from _rule_closed(scene, group, group.path, direction, rule)
    for direction in ("Egress", "Ingress"):
        for each in scene.estate.of_type(f"AWS::EC2::SecurityGroup{direction}"):
            owner = _group(scene, each.properties.get("GroupId"))
            yield from _rule_closed(scene, owner, each.path, direction, each.properties)


def _group(scene: Scene, group_id: Any) -> Resource | None:
    for each in scene.estate.of_type("AWS::EC2::SecurityGroup"):
        if group_id == _id_of(scene, each):
            return each
    return None


def _id_of(scene: Scene, group: Resource) -> str:
    return scene.estate.names(group).attribute("GroupId")


def _rule_closed(
    scene: Scene,
    group: Resource | None,
    path: str,
    direction: str,
    rule: Mapping[str, Any],
) -> Iterator[Violation]:
    own = _id_of(scene, group) if group else None
    outward = direction == "Egress"
    peer = "DestinationSecurityGroupId" if outward else "SourceSecurityGroupId"
    target = {
        key: value
        for key, value in rule.items()
        if key not in ("Description", "FromPort", "GroupId", "IpProtocol", "ToPort")
    }
    if own is not None and target == {peer: own}:
        return
    if outward and target == {"CidrIp": _LOOPBACK}:
        return
    ports = (
        rule.get("IpProtocol"),
        *(whole_number(rule.get(name)) for name in ("FromPort", "ToPort")),
    )
    if (
        outward
        and set(target) == {"DestinationPrefixListId"}
        and ports == ("tcp", 443, 443)
        and _is_prefix_list_of_s3(scene, str(target["DestinationPrefixListId"]))
    ):
        return
    what = ", ".join(f"{key} {value}" for key, value in sorted(target.items()))
    way = "out to" if outward else "in from"
    yield Violation(
        resource=path,
        says=f"{path} lets traffic {way} {what or 'nobody knows where'} "
        f"({ports[0]} {ports[1]}-{ports[2]}).",
    )


def _is_prefix_list_of_s3(scene: Scene, value: str) -> bool:
    """The look-up at deployment asks for S3's list in this region, and nothing else."""
    for each in scene.estate.of_type("Custom::AWS"):
        if value != scene.estate.names(each).attribute("PrefixLists.0.PrefixListId"):
            continue
        wanted = [
            {
                "Name": "prefix-list-name",
                "Values": [f"com.amazonaws.{scene.place.region}.s3"],
            }
        ]
        return all(
            _called(each.properties.get(moment))
            == ("DescribeManagedPrefixLists", {"Filters": wanted})
            for moment in ("Create", "Update")
        )
    return False


def _called(text: Any) -> tuple[str, Any]:
    """What a call does in this region; nothing is known of one that says more."""
    try:
        call = json.loads(text)
        found = str(call["action"]), call["parameters"]
    except (KeyError, TypeError, ValueError):
        return "", None
    is_plain = call.keys() <= _OF_A_CALL and call.get("service") == "EC2"
    return found if is_plain else ("", None)


def _routed(scene: Scene) -> Iterator[Violation]:
    endpoint = scene.resource("AWS::EC2::VPCEndpoint", scene.named("EndpointId"))
    with_endpoint = listed(endpoint.properties.get("RouteTableIds", []))
    tables = {
        str(association.properties.get("SubnetId")): association.properties.get(
            "RouteTableId"
        )
        for association in scene.estate.of_type("AWS::EC2::SubnetRouteTableAssociation")
    }
    for subnet in scene.estate.of_type("AWS::EC2::Subnet"):
        if tables.get(scene.estate.names(subnet).reference) not in with_endpoint:
            yield Violation(
                resource=subnet.path,
                says=f"What runs in {subnet.path} has no route to the S3 endpoint.",
            )


def _logged(scene: Scene) -> Iterator[Violation]:
    vpc = scene.resource("AWS::EC2::VPC", scene.named("VpcId"))
    for each in scene.estate.of_type("AWS::EC2::FlowLog"):
        given = each.properties
        groups = (
            scene.estate.names(group).reference
            for group in scene.estate.of_type("AWS::Logs::LogGroup")
        )
        if (
            given.get("ResourceId") == scene.named("VpcId")
            and given.get("TrafficType") == "ALL"
            and str(given.get("LogGroupName")) in groups
            and given.get("LogDestinationType") == "cloud-watch-logs"
        ):
            return
    yield Violation(
        resource=vpc.path, says="No flow log records all traffic of the network."
    )


def _default_group_emptied(scene: Scene) -> Iterator[Violation]:
    vpc = scene.resource("AWS::EC2::VPC", scene.named("VpcId"))
    group = scene.estate.names(vpc).attribute("DefaultSecurityGroup")
    for direction in ("Ingress", "Egress"):
        wanted = f"RevokeSecurityGroup{direction}", _first_rule(scene, direction, group)
        if not any(
            _called(each.properties.get("Create")) == wanted
            for each in scene.estate.of_type("Custom::AWS")
        ):
            yield Violation(
                resource=vpc.path,
                says=f"The network's default group keeps its {direction.lower()} rule.",
            )


def _first_rule(scene: Scene, direction: str, group: str) -> Mapping[str, Any]:
    """What AWS puts into a default group (AWS: Default security groups for your VPCs).

    Its members may reach it, and it may reach everybody.
    """
    members = {"UserIdGroupPairs": [{"GroupId": group, "UserId": scene.place.account}]}
    everybody = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    peer = members if direction == "Ingress" else everybody
    return {"GroupId": group, "IpPermissions": [{"IpProtocol": "-1", **peer}]}


def _is_off(value: Any) -> bool:
    return value in (None, False, "false", "")


NETWORK = (
    Invariant(
        id="network-isolated",
        says="No gateway, route, peering, endpoint or address leads out.",
        violations=_no_way_out,
    ),
    Invariant(
        id="network-groups",
        says="Security groups let out to S3 on port 443, to the instances of the same "
        "job, and nothing in from elsewhere.",
        violations=_groups_closed,
    ),
    Invariant(
        id="network-default-group",
        says="The network's default security group lets nothing through.",
        violations=_default_group_emptied,
    ),
    Invariant(
        id="network-logged",
        says="A flow log records all traffic.",
        violations=_logged,
    ),
    Invariant(
        id="network-reaches-s3",
        says="Every subnet has a route to the S3 endpoint.",
        violations=_routed,
    ),
)
"""All of them."""
