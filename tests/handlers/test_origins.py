"""Whoever begins a run: it is seen first that its model is in the network."""

from typing import Any

import pytest

from chaos.world import World
from tests.handlers.test_inputs import upload
from tests.handlers.test_shards import BAD, GOOD, name_in, prepared, run

ORIGINS = ("schedule", "arrival", "shard", "redo", "again", "by hand")


def asked_of(world: World, origin: str, note: str) -> Any:
    match origin:
        case "schedule":
            return {"scheduled": "2030-01-09T03:00:00Z"}
        case "arrival":
            return upload(world, [{"prefix": "s3://inputs/photos-0/"}, "a.jpg"])
        case "redo":
            return {"redo": list(world.sagemaker.jobs)[-1]}
        case "again":
            return {"again": name_in(note)}
    return {}


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_model_elsewhere_runs_nothing(origin: str, replaced: bool) -> None:
    world = prepared(BAD, GOOD, shards=1)
    note = run(world)["Note"]
    asked = asked_of(world, origin, note)
    before = len(world.sagemaker.jobs)
    world.topic.published.clear()
    if replaced:
        for model in world.sagemaker.models.values():
            model["VpcConfig"] = {}

    shards = "night.json" if origin in ("shard", "again") else ""
    answer = run(world, asked=asked, shards=shards)

    begun = len(world.sagemaker.jobs) - before
    told = [each["Message"] for each in world.topic.published]
    assert (answer["State"], begun) == (("failed", 0) if replaced else ("succeeded", 1))
    assert any("is not in the environment's subnets" in each for each in told) == (
        replaced
    )
