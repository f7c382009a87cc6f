"""Settings that no promise judges, of resources that no environment of ours has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.assembly import Assembly, Stack, read_assembly
from review.change import Change
from review.delta.settings import findings
from review.scene import Scene, scene_of
from tests.synthesized import Synthesis

Make = Callable[..., Scene]


@pytest.fixture
def scene(kept: Synthesis) -> Make:
    """Makes an environment with one more rule."""
    whole = read_assembly(kept.directory)

    def make(**properties: Any) -> Scene:
        rule = {"Type": "AWS::Events::Rule", "Properties": properties}
        template = {"Resources": {"Rule": rule}}
        extra = Stack(name="extra", file=Path("extra"), template=template)
        return scene_of(Assembly(stacks=(*whole.stacks, extra), assets={}))

    return make


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rate(1 day)", "rate(1 minute)"),
        ("rate(1 minute)", "rate(1 day)"),
        ("cron(0 3 * * ? *)", "cron(* * * * ? *)"),
    ],
)
def test_what_runs_more_often_or_less_is_for_somebody_who_knows(
    scene: Make, old: str, new: str
) -> None:
    before, after = (scene(ScheduleExpression=each) for each in (old, new))

    (found,) = findings(Change(before=before, after=after))

    assert (found.rule, found.severity) == ("setting-matters", "medium")
    assert "ScheduleExpression" in found.message


def test_what_runs_as_often_as_before_is_not_told(scene: Make) -> None:
    before, after = (scene(ScheduleExpression="rate(1 day)") for _ in range(2))

    assert not list(findings(Change(before=before, after=after)))
