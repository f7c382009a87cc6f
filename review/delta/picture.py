"""The network as a small picture: from the containers of jobs to the data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from review.change import Change
from review.plain import Estate, Resource

from .network import Kind, NetworkChange

EDGES = (
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
"""What leads where; an edge without both its nodes is not drawn."""

_PARTS = (
    ("groups", "Security groups", "AWS::EC2::SecurityGroup"),
    ("subnets", "Subnets", "AWS::EC2::Subnet"),
    ("endpoint", "S3 endpoint", "AWS::EC2::VPCEndpoint"),
)
"""Parts of the network, and how the types of their resources begin."""

_WAYS_OUT = ("Gateway", "GatewayAttachment", "PeeringConnection", "::Route")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One part of the network, or what it leads to.

    Args:
        name: Of its edges.
        label: For people; nothing of a template is in it.
        change: What became of its resources; None if nothing did.
    """

    name: str
    label: str
    change: Kind | None = None


def nodes(change: Change, changes: Sequence[NetworkChange]) -> Iterator[Node]:
    """The parts of either side, from the containers to the key."""
    kinds = {each.resource: each.kind for each in changes}
    old, new = change.before.estate if change.before else None, change.after.estate
    yield Node(name="jobs", label="Containers of jobs")
    for name, label, kind in _PARTS:
        now, before = _of(new, kind), _of(old, kind)
        if now or before:
            count = sum(each.type == kind for each in now)
            yield Node(
                name=name,
                label=f"{label}: {count}",
                change=_change([*now, *before], kinds),
            )
    now, before = list(_ways_out(new)), list(_ways_out(old))
    if now or before:
        yield Node(
            name="wayout",
            label=f"Ways out: {len(now)}",
            change=_change([*now, *before], kinds),
        )
    for kind in ("models", "inputs", "outputs"):
        yield Node(name=kind, label=f"Bucket of {kind}")
    yield Node(name="key", label="Key")


def _of(estate: Estate | None, kind: str) -> list[Resource]:
    """Resources of a type and of what belongs to it, such as the rules of a group."""
    every = estate.resources if estate else ()
    return [each for each in every if each.type.startswith(kind)]


def _ways_out(estate: Estate | None) -> Iterator[Resource]:
    for each in estate.resources if estate else ():
        if each.type.endswith(_WAYS_OUT):
            yield each


def _change(resources: Sequence[Resource], kinds: Mapping[str, Kind]) -> Kind | None:
    found = {kinds[each.path] for each in resources if each.path in kinds}
    return next(iter(found), None) if len(found) < 2 else "changed"
