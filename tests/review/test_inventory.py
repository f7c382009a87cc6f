"""Resources and stacks that come and go, of which nothing else is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from review.assembly import Assembly, Stack, read_assembly
from review.change import Change
from review.delta.inventory import findings
from review.findings import Finding
from review.scene import Scene, scene_of
from tests.synthesized import Synthesis


def _scene(kept: Synthesis, **stacks: Mapping[str, str]) -> Scene:
    """An environment with further stacks: of each, resources with their types."""
    more = (
        Stack(
            name=name,
            file=Path(name),
            template={"Resources": {k: _resource(v) for k, v in resources.items()}},
        )
        for name, resources in stacks.items()
    )
    whole = read_assembly(kept.directory)
    return scene_of(Assembly(stacks=(*whole.stacks, *more), assets={}))


def _resource(kind: str) -> dict[str, Any]:
    return {"Type": kind, "Properties": {}}


def _found(before: Scene, after: Scene, *told: str) -> list[tuple[str, ...]]:
    found = findings(Change(before=before, after=after), told)
    return [(each.rule, each.severity, each.resource) for each in found]


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("AWS::SQS::Queue", "low"),
        ("AWS::StepFunctions::StateMachine", "medium"),
        ("AWS::CloudTrail::Trail", "medium"),
    ],
)
def test_a_new_resource_is_told_once(kept: Synthesis, kind: str, severity: str) -> None:
    before = _scene(kept, extra={"Old": "AWS::SQS::Queue"})
    after = _scene(kept, extra={"Old": "AWS::SQS::Queue", "New": kind})

    assert _found(before, after) == [("resource-added", severity, "extra/New")]
    assert _found(before, after, "extra/New") == []


def test_a_removed_resource_is_told_once(kept: Synthesis) -> None:
    before = _scene(kept, extra={"Old": "AWS::SQS::Queue", "Gone": "AWS::SQS::Queue"})
    after = _scene(kept, extra={"Old": "AWS::SQS::Queue"})

    assert _found(before, after) == [("resource-removed", "low", "extra/Gone")]
    assert _found(before, after, "extra/Gone") == []


def test_of_a_new_stack_its_resources_are_counted(kept: Synthesis) -> None:
    after = _scene(kept, extra={"A": "AWS::SQS::Queue", "B": "AWS::SQS::Queue"})

    (found,) = findings(Change(before=_scene(kept), after=after), ())

    assert found == Finding(
        rule="stack-added",
        severity="low",
        resource="extra",
        message="The stack extra is new, with 2 AWS::SQS::Queue.",
    )


def test_of_a_stack_that_goes_another_section_tells(kept: Synthesis) -> None:
    before = _scene(kept, extra={"A": "AWS::SQS::Queue"})

    assert _found(before, _scene(kept)) == []


def test_what_is_created_is_no_news(kept: Synthesis) -> None:
    change = Change(before=None, after=_scene(kept, extra={"A": "AWS::SQS::Queue"}))

    assert list(findings(change, ())) == []
