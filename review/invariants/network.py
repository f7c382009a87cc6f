"""The promises about the network: there is no way to the internet, or anywhere else.

Types are named that may be there; any other type of a networking service may be a way
out, and what it is need not be known.
"""

import re
from collections.abc import Iterator
from typing import Any

from review.plain import is_true, listed
from review.scene import Scene

from .calls import calls_open_nothing
from .groups import lets_out_to_s3
from .invariant import Invariant, Violation
from .jobs import models_of

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

_FIELDS_NEEDED = ("srcaddr", "dstaddr", "action")
_FIELDS = " ".join(f"${{{name}}}" for name in _FIELDS_NEEDED)
"""Of a flow log that names none (AWS: Flow log records, Default format)."""

_NETWORKING = re.compile(
    "AWS::(AppStream|ApiGateway|ApiGatewayV2|DirectConnect|EC2|ElasticLoadBalancing"
    "|ElasticLoadBalancingV2|GlobalAccelerator|NetworkFirewall|NetworkManager|RAM"
    "|Route53Resolver|Transfer|VpcLattice)::"
)


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
    yield from calls_open_nothing(scene)


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

    vpc = scene.resource("AWS::EC2::VPC", scene.named("VpcId"))
    if not is_true(vpc.properties.get("EnableDnsSupport", True)):
        # AWS: Gateway endpoints for Amazon S3, Considerations.
        yield Violation(
            resource=vpc.path, says=f"Nobody in {vpc.path} finds S3 by its name."
        )
    for model, request in models_of(scene):
        network = request.get("VpcConfig")
        used = network.get("SecurityGroupIds", []) if isinstance(network, dict) else []
        if not any(lets_out_to_s3(scene, each) for each in listed(used)):
            yield Violation(
                resource=model.path,
                says=f"No security group of {model.path} lets out to S3.",
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
            and _tells_enough(str(given.get("LogFormat", _FIELDS)))
            and given.get("LogDestinationType") == "cloud-watch-logs"
        ):
            return
    yield Violation(
        resource=vpc.path, says="No flow log records all traffic of the network."
    )


def _tells_enough(log_format: str) -> bool:
    """Who sent to whom, and whether it was let through."""
    return all(f"${{{name}}}" in log_format for name in _FIELDS_NEEDED)


def _is_off(value: Any) -> bool:
    return value in (None, False, "false", "")


NETWORK = (
    Invariant(
        id="network-isolated",
        says="No gateway, route, peering, endpoint or address leads out.",
        violations=_no_way_out,
    ),
    Invariant(
        id="network-logged",
        says="A flow log records all traffic.",
        violations=_logged,
    ),
    Invariant(
        id="network-reaches-s3",
        says="Every subnet has a route to the S3 endpoint, and every model a security "
        "group that lets out to it.",
        violations=_routed,
    ),
)
"""All of them."""
