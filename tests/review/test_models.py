"""A model that no deployment runs is still told where it is another one."""

from dataclasses import replace
from typing import Any

import pytest

from review.assembly import Assembly, read_assembly
from review.change import Change
from review.delta.jobs import findings, job_effects
from review.scene import scene_of
from tests.synthesized import Synthesis

JOB, MODEL = "Custom::TransformJob", "Custom::TransformModel"


def without_jobs(assembly: Assembly, **container: str) -> Assembly:
    """As `on_deploy: none` makes it; some models with another container."""

    def changed(resources: dict[str, Any]) -> dict[str, Any]:
        return {
            name: _other(body, container) if body["Type"] == MODEL else body
            for name, body in resources.items()
            if body["Type"] != JOB
        }

    return replace(
        assembly,
        stacks=tuple(
            replace(
                stack,
                template={
                    **stack.template,
                    "Resources": changed(stack.template["Resources"]),
                },
            )
            for stack in assembly.stacks
        ),
    )


def _other(body: dict[str, Any], container: dict[str, str]) -> dict[str, Any]:
    properties = body["Properties"]
    request = properties["Request"]
    if "PrimaryContainer" in request:
        changed = {**request["PrimaryContainer"], **container}
        request = {**request, "PrimaryContainer": changed}
    return {**body, "Properties": {**properties, "Request": request}}


@pytest.mark.parametrize(
    "container", [{"Image": "theirs"}, {"ModelDataUrl": "s3://theirs/model.tar.gz"}]
)
def test_a_model_that_is_not_run_is_told(
    discarded: Synthesis, container: dict[str, str]
) -> None:
    assembly = read_assembly(discarded.directory)
    same, other = without_jobs(assembly), without_jobs(assembly, **container)

    def told(after: Assembly) -> list[tuple[str, str]]:
        change = Change(before=scene_of(same), after=scene_of(after))
        found = findings(job_effects(change), change)
        return [(each.rule, each.severity) for each in found]

    assert told(same) == []
    assert set(told(other)) == {("model-changed", "medium")}
