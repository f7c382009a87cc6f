"""What the picture of the network shows of a change."""

import pytest

from review.change import Change
from review.delta.network import network_changes
from review.delta.picture import EDGES, Node, nodes
from review.scene import scene_of
from tests.review.conftest import Bases
from tests.review.draft import Draft, Edit, add, all_of, prop, remove

PARTS = [
    "jobs",
    "groups",
    "subnets",
    "endpoint",
    "models",
    "inputs",
    "outputs",
    "key",
]


def drawn(bases: Bases, edit: Edit, *, backwards: bool = False) -> dict[str, Node]:
    base = bases.assemblies["rehearsal"]
    draft = Draft(base)
    edit(draft)
    sides = [scene_of(base), scene_of(draft.assembly())]
    before, after = reversed(sides) if backwards else sides
    change = Change(before=before, after=after)
    return {each.name: each for each in nodes(change, network_changes(change))}


def test_every_part_is_there_and_nothing_leads_out(bases: Bases) -> None:
    scene = scene_of(bases.assemblies["rehearsal"])
    change = Change(before=scene, after=scene)
    found = list(nodes(change, network_changes(change)))
    assert [each.name for each in found] == PARTS
    assert {each.change for each in found} == {None}
    assert {name for edge in EDGES for name in edge} == {*PARTS, "wayout"}


GATEWAY = add("Way", "AWS::EC2::InternetGateway")


@pytest.mark.parametrize(
    ("edit", "part", "kind"),
    [
        (prop("NetworkSubnet1", "MapPublicIpOnLaunch", True), "subnets", "changed"),
        (prop("NetworkSubnet2", "MapPublicIpOnLaunch", True), "subnets", "changed"),
        (remove("NetworkSubnet2"), "subnets", "changed"),
        (add("More", "AWS::EC2::Subnet", VpcId="@NetworkVpc"), "subnets", "added"),
        (
            all_of(
                remove("NetworkSubnet2"),
                add("More", "AWS::EC2::Subnet", VpcId="@NetworkVpc"),
            ),
            "subnets",
            "changed",
        ),
        (remove("NetworkFromPeers"), "groups", "removed"),
        (GATEWAY, "wayout", "added"),
    ],
)
def test_a_part_is_marked_when_any_of_it_changes(
    edit: Edit, part: str, kind: str, bases: Bases
) -> None:
    found = drawn(bases, edit)
    marked = {each.name: each.change for each in found.values() if each.change}
    assert marked == {part: kind}


def test_what_goes_is_still_shown(bases: Bases) -> None:
    found = drawn(bases, GATEWAY, backwards=True)
    assert found["wayout"] == Node(name="wayout", label="Ways out: 0", change="removed")


def test_resources_are_counted_and_what_belongs_to_them_is_not(bases: Bases) -> None:
    found = drawn(bases, add("More", "AWS::EC2::Subnet", VpcId="@NetworkVpc"))
    assert found["subnets"].label == "Subnets: 3"
    assert found["groups"].label == "Security groups: 2"
