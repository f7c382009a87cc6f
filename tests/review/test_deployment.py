"""How a stack is deployed: what is told of it where nothing is deployed yet."""

import json
from dataclasses import replace
from typing import Any

import pytest

from review.assembly import Assembly, read_assembly
from review.change import Change
from review.delta.deployment import findings
from review.findings import Finding
from review.scene import scene_of
from tests.synthesized import Synthesis


def told(assembly: Assembly, before: Assembly | None = None) -> list[Finding]:
    old = None if before is None else scene_of(before)
    return list(findings(Change(before=old, after=scene_of(assembly))))


def deployed(assembly: Assembly, **properties: Any) -> Assembly:
    """Its first stack is deployed in another way."""
    first, *others = assembly.stacks
    changed = replace(first, deployment={**(first.deployment or {}), **properties})
    return replace(assembly, stacks=(changed, *others))


def silent(assembly: Assembly, deployment: dict[str, Any] | None = None) -> Assembly:
    """As templates alone, or a snapshot of what is deployed, have it."""
    stacks = tuple(replace(it, deployment=deployment) for it in assembly.stacks)
    return replace(assembly, stacks=stacks)


def test_what_cdk_writes_is_usual(synthesis: Synthesis) -> None:
    assembly = read_assembly(synthesis.directory)

    assert told(assembly) == []
    for other in (silent(assembly), silent(assembly, {})):
        assert told(other) == []
        assert told(assembly, before=other) == []
    assert told(silent(assembly), before=assembly) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notificationArns", ["arn:aws:sns:us-east-1:999999999999:theirs"]),
        ("parameters", {"A": "b"}),
        ("cloudFormationExecutionRoleArn", "arn:aws:iam::123456789012:role/admin"),
        ("cloudFormationExecutionRoleArn", None),
    ],
)
def test_what_nobody_declared_is_unusual(
    discarded: Synthesis, name: str, value: Any
) -> None:
    usual = read_assembly(discarded.directory)
    assembly = deployed(usual, **{name: value})

    for before in (None, silent(usual), silent(usual, {})):
        (found,) = told(assembly, before)
        assert (found.rule, found.severity) == ("deployment-unusual", "medium")
        assert name in found.message
    (changed,) = told(assembly, usual)
    assert (changed.rule, changed.severity) == ("deployment-changed", "medium")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assumeRoleArn", "arn:aws:iam::111122223333:role/admin"),
        ("assumeRoleArn", None),
        ("assumeRoleExternalId", "theirs"),
        ("bucketName", "theirs"),
        ("region", "eu-west-2"),
    ],
)
def test_another_way_to_publish_is_told(
    discarded: Synthesis, name: str, value: Any
) -> None:
    usual = read_assembly(discarded.directory)
    (way,) = usual.destinations
    other = json.dumps({**json.loads(way), name: value}, sort_keys=True)
    assembly = replace(usual, destinations=(other,))

    for before in (None, replace(usual, destinations=())):
        (found,) = told(assembly, before)
        assert (found.rule, found.severity) == ("deployment-unusual", "medium")
        assert other in found.message
    (changed,) = told(assembly, usual)
    assert (changed.rule, changed.severity) == ("deployment-changed", "medium")
    assert other in changed.message
    assert way in changed.message
    assert told(replace(usual, destinations=()), usual) == []


def test_another_order_is_told(discarded: Synthesis) -> None:
    usual = read_assembly(discarded.directory)
    first = usual.stacks[0]
    assert first.deployment is not None
    assert "dependencies" in first.deployment

    (changed,) = told(deployed(usual, dependencies=[]), usual)

    assert (changed.rule, changed.severity) == ("deployment-changed", "medium")
    assert "is deployed with dependencies []" in changed.message


def test_an_assembly_that_says_no_more_how_it_is_deployed_is_told(
    discarded: Synthesis,
) -> None:
    assembly = read_assembly(discarded.directory)

    severities = {each.severity for each in told(silent(assembly, {}), assembly)}

    assert "medium" in severities
