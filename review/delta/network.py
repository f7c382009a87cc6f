"""What changed in the network."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from review.change import Change
from review.findings import Finding
from review.invariants.groups import NOWHERE
from review.plain import Resource, listed
from review.scene import Scene

Kind = Literal["added", "changed", "removed"]

_NETWORK = re.compile("AWS::(EC2|NetworkManager|VpcLattice|RAM|Route53Resolver)::")

_GROUP = "AWS::EC2::SecurityGroup"
_LISTS = {"SecurityGroupEgress": "out", "SecurityGroupIngress": "in"}
_RULES = {f"{_GROUP}Egress": "out", f"{_GROUP}Ingress": "in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkChange:
    """One resource of the network that is not the same on both sides.

    Args:
        resource: Its path.
        type: Its type.
        kind: What becomes of it.
        properties: Which of its properties differ.
    """

    resource: str
    type: str
    kind: Kind
    properties: tuple[str, ...] = ()


def network_changes(change: Change) -> list[NetworkChange]:
    """Every difference, by path; none where everything is created."""
    if change.before is None:
        return []
    return sorted(_changes(change), key=lambda each: each.resource)


def _changes(change: Change) -> Iterator[NetworkChange]:
    for each in change.added():
        if _NETWORK.match(each.type):
            yield NetworkChange(resource=each.path, type=each.type, kind="added")
    for each in change.removed():
        if _NETWORK.match(each.type):
            yield NetworkChange(resource=each.path, type=each.type, kind="removed")
    for old, new in change.kept():
        if not _NETWORK.match(new.type):
            continue
        names = tuple(
            sorted(
                name
                for name in old.properties.keys() | new.properties.keys()
                if _set(old, name) != _set(new, name)
                and name not in ("Description", "PolicyDocument", "Tags")
            )
        )
        if names:
            yield NetworkChange(
                resource=new.path, type=new.type, kind="changed", properties=names
            )


def _set(resource: Resource, name: str) -> Any:
    """A property; one that is absent is off."""
    found = resource.properties.get(name)
    return False if found in (None, "", [], "false") else found


def findings(changes: list[NetworkChange], change: Change) -> Iterator[Finding]:
    """What the promises do not judge is for somebody who knows."""
    lets_no_more = _let_through(change.after) <= _let_through(change.before)
    for each in changes:
        what = f": {', '.join(each.properties)}" if each.properties else ""
        of_rules = each.type in _RULES or (
            each.kind == "changed" and {*each.properties} <= _LISTS.keys()
        )
        yield Finding(
            rule=f"network-{each.kind}",
            severity="low" if of_rules and lets_no_more else "medium",
            resource=each.resource,
            message=f"{each.type} {each.resource} is {each.kind}{what}.",
        )


def _let_through(scene: Scene | None) -> set[str]:
    """The rules of all security groups, wherever they are written."""
    return set(_rules(scene)) if scene else set()


def _rules(scene: Scene) -> Iterator[str]:
    for each in scene.estate.of_type(_GROUP, *_RULES):
        if each.type in _RULES:
            yield _rule(_RULES[each.type], each.properties)
            continue
        own = {"GroupId": scene.estate.names(each).attribute("GroupId")}
        for name, direction in _LISTS.items():
            for rule in listed(each.properties.get(name, [])):
                if isinstance(rule, dict) and rule.get("CidrIp") != NOWHERE:
                    yield _rule(direction, {**own, **rule})


def _rule(direction: str, rule: Mapping[str, Any]) -> str:
    # A port is a number, also where a template writes it as text.
    said = {key: str(value) for key, value in rule.items() if key != "Description"}
    return json.dumps([direction, said], sort_keys=True)
