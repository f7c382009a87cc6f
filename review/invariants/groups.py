"""The promises about security groups: what they let in and out."""

from collections.abc import Iterator, Mapping
from typing import Any

from review.plain import Resource, whole_number
from review.scene import Scene, mappings_in

from .calls import called
from .invariant import Invariant, Violation

_NO_TARGET = {"Description", "FromPort", "GroupId", "IpProtocol", "ToPort"}
_TCP = ("tcp", "6")
"""Its name and its number (AWS: AWS::EC2::SecurityGroup Egress)."""

NOWHERE = "127.0.0.1/32"
"""To let out to no other host keeps AWS from letting out everything."""


def _groups_closed(scene: Scene) -> Iterator[Violation]:
    for group in scene.estate.of_type("AWS::EC2::SecurityGroup"):
        if not group.properties.get("SecurityGroupEgress"):
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
    target = _target(rule)
    if own is not None and target == {peer: own}:
        return
    if outward and target == {"CidrIp": NOWHERE}:
        return
    if outward and _leads_to_s3(scene, target, rule):
        return
    ports = _ports(rule)
    what = ", ".join(f"{key} {value}" for key, value in sorted(target.items()))
    way = "out to" if outward else "in from"
    yield Violation(
        resource=path,
        says=f"{path} lets traffic {way} {what or 'nobody knows where'} "
        f"({ports[0]} {ports[1]}-{ports[2]}).",
    )


def _ports(rule: Mapping[str, Any]) -> tuple[Any, int | None, int | None]:
    first, last = (whole_number(rule.get(name)) for name in ("FromPort", "ToPort"))
    return rule.get("IpProtocol"), first, last


def _leads_to_s3(
    scene: Scene, target: Mapping[str, Any], rule: Mapping[str, Any]
) -> bool:
    """Whether a rule lets out to S3 in this region over TLS, and nowhere else."""
    return (
        set(target) == {"DestinationPrefixListId"}
        and _ports(rule)[1:] == (443, 443)
        and str(_ports(rule)[0]) in _TCP
        and _is_prefix_list_of_s3(scene, str(target["DestinationPrefixListId"]))
    )


def _target(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in _NO_TARGET}


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
            called(each.properties.get(moment))
            == ("DescribeManagedPrefixLists", {"Filters": wanted})
            for moment in ("Create", "Update")
        )
    return False


def lets_out_to_s3(scene: Scene, group_id: Any) -> bool:
    """Whether a security group lets out to S3."""
    group = _group(scene, group_id)
    rules = [
        *(mappings_in(group, "SecurityGroupEgress") if group else ()),
        *(
            each.properties
            for each in scene.estate.of_type("AWS::EC2::SecurityGroupEgress")
            if each.properties.get("GroupId") == group_id
        ),
    ]
    return any(_leads_to_s3(scene, _target(rule), rule) for rule in rules)


def _default_group_emptied(scene: Scene) -> Iterator[Violation]:
    vpc = scene.resource("AWS::EC2::VPC", scene.named("VpcId"))
    group = scene.estate.names(vpc).attribute("DefaultSecurityGroup")
    for direction in ("Ingress", "Egress"):
        wanted = f"RevokeSecurityGroup{direction}", _first_rule(scene, direction, group)
        if not any(
            called(each.properties.get("Create")) == wanted
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


GROUPS = (
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
)
"""All of them."""
