"""What changed in the network, as a list and as a small picture."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from review.change import Change
from review.findings import Finding
from review.plain import Resource
from review.scene import Scene

Kind = Literal["added", "changed", "removed"]

_NETWORK = re.compile("AWS::(EC2|NetworkManager|VpcLattice|RAM|Route53Resolver)::")
_MOST_NODES = 14


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
    return resource.properties.get(name) or False


def findings(changes: list[NetworkChange]) -> Iterator[Finding]:
    """What the promises do not judge is for somebody who knows."""
    for each in changes:
        what = f": {', '.join(each.properties)}" if each.properties else ""
        yield Finding(
            rule=f"network-{each.kind}",
            severity="medium",
            resource=each.resource,
            message=f"{each.type} {each.resource} is {each.kind}{what}.",
        )


def picture(change: Change, changes: list[NetworkChange]) -> str:
    """The network as a Mermaid flow chart of a dozen nodes, changed ones coloured."""
    kinds = {each.resource: each.kind for each in changes}
    nodes = list(_nodes(change.after))[:_MOST_NODES]
    lines = ["flowchart LR"]
    for node in nodes:
        lines.append(f'  {node.name}["{node.label}"]')
    present = {node.name for node in nodes}
    lines += [
        f"  {one} --> {other}"
        for one, other in _EDGES
        if one in present and other in present
    ]
    for node in nodes:
        kind = kinds.get(node.resource)
        if kind is not None:
            lines.append(f"  class {node.name} {kind}")
    lines += [
        "  classDef added fill:#fde68a,stroke:#b45309,color:#111",
        "  classDef changed fill:#bfdbfe,stroke:#1d4ed8,color:#111",
        "  classDef removed fill:#fecaca,stroke:#b91c1c,color:#111",
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    label: str
    resource: str


_EDGES = (
    ("jobs", "groups"),
    ("groups", "subnets"),
    ("subnets", "endpoint"),
    ("subnets", "wayout"),
    ("endpoint", "models"),
    ("endpoint", "inputs"),
    ("endpoint", "outputs"),
    ("models", "key"),
    ("inputs", "key"),
    ("outputs", "key"),
)


def _nodes(scene: Scene) -> Iterator[_Node]:
    estate = scene.estate
    yield _Node("jobs", "Containers of jobs", "")
    for name, label, kind in (
        ("groups", "Security groups", "AWS::EC2::SecurityGroup"),
        ("subnets", "Subnets", "AWS::EC2::Subnet"),
        ("endpoint", "S3 endpoint", "AWS::EC2::VPCEndpoint"),
    ):
        found = list(estate.of_type(kind))
        if found:
            yield _Node(name, f"{label}: {len(found)}", found[0].path)
    ways = [each for each in estate.resources if _leads_out(each)]
    if ways:
        # What would end a label, or the picture, is in no name of AWS.
        kinds = sorted(
            {re.sub(r"\W", "", each.type.rpartition("::")[2]) for each in ways}
        )
        yield _Node("wayout", f"Way out: {', '.join(kinds)}", ways[0].path)
    for kind in ("models", "inputs", "outputs"):
        yield _Node(kind, f"Bucket of {kind}", "")
    yield _Node("key", "Key", "")


def _leads_out(resource: Resource) -> bool:
    return resource.type.endswith(
        ("Gateway", "GatewayAttachment", "PeeringConnection", "::Route")
    )
