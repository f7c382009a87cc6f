"""What changed in the network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from review.change import Change
from review.findings import Finding
from review.plain import Resource

Kind = Literal["added", "changed", "removed"]

_NETWORK = re.compile("AWS::(EC2|NetworkManager|VpcLattice|RAM|Route53Resolver)::")


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
