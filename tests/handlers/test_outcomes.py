"""How runs ended is there for queries, a line for each, by day."""

import json
from datetime import datetime
from typing import Any

from chaos.history import StartByHand
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.query.statements import OF_EACH_RUN
from tests.handlers.deployments import begin, deploy, world_where

LATE = 24 * 60 * 60


def lines(world: World) -> dict[str, dict[str, Any]]:
    """All lines by their keys, once each is seen to be one line of the table."""
    world.agenda.run(LATE)
    found = {}
    for (bucket, key), content in world.storage.objects.items():
        if bucket == CONTROL and key.startswith("outcomes/"):
            assert b"\n" not in content
            found[key] = json.loads(content)
            assert list(found[key]) == [each.name for each in OF_EACH_RUN]
    return found


def evidence(world: World, job: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        world.storage.objects[CONTROL, f"evidence/{job}.json"]
    )
    return found


def test_a_job_that_ended_well_is_a_line_of_its_day() -> None:
    world = world_where()
    assert deploy(world)

    ((key, line),) = lines(world).items()

    left = evidence(world, line["job"])
    day = left["launch"]["run_date"]
    assert key == f"outcomes/faces/date={day}/{line['job']}.json"
    assert (line["result"], line["origin"]) == ("succeeded", "deployment")
    assert line["root"] == line["job"]
    assert (line["inputs"], line["outputs"], line["failed_inputs"]) == (3, 3, [])
    assert line["folder"] == "photos-0/"
    began = datetime.fromisoformat(line["began"])
    assert began == datetime.fromisoformat(left["job"]["CreationTime"])
    assert line["began"] < line["ended"]


def test_what_failed_is_told_with_its_reason() -> None:
    world = world_where(Outcome(failed=1, reason="ClientError"))
    deploy(world)

    (line,) = lines(world).values()

    assert line["result"] == "failed"
    assert line["reason"] == "ClientError"
    assert line["failed_inputs"] == evidence(world, line["job"])["failed_inputs"]
    assert "1 of 3 inputs have no output" in line["summary"]


def test_a_repetition_belongs_to_the_first_job_and_its_folder() -> None:
    world = world_where(Outcome(), Outcome(failed=1), Outcome())
    assert deploy(world)
    begin(world)
    world.agenda.run(LATE)
    (failed,) = [each for each in lines(world).values() if each["result"] == "failed"]
    begin(world, asked={"redo": failed["job"]})

    (again,) = [each for each in lines(world).values() if each["origin"] == "redo"]

    assert again["root"] == failed["job"]
    assert again["result"] == "succeeded"
    # It read a manifest, and its outputs are named as those of the first.
    assert again["folder"] == failed["folder"] == "photos-0/"


def test_a_run_without_a_job_is_a_line_too() -> None:
    world = world_where()
    assert deploy(world)
    begin(world, inputs="nothing/")

    (line,) = [each for each in lines(world).values() if each["result"] == "skipped"]

    assert line["folder"] is None
    assert line["began"] == line["ended"]


def test_a_job_that_somebody_started_by_hand_is_none() -> None:
    world = world_where()
    assert deploy(world)
    world.do(StartByHand())

    assert [each["origin"] for each in lines(world).values()] == ["deployment"]
    kept = [key for _, key in world.storage.objects if key.startswith("evidence/")]
    assert len(kept) == 2


def test_what_a_manifest_named_that_is_gone_is_not_known() -> None:
    world = world_where()
    assert deploy(world)
    begin(world, select="new")
    world.agenda.run(60)
    for place in [each for each in world.storage.objects if "manifests/" in each[1]]:
        del world.storage.objects[place]

    (line,) = [each for each in lines(world).values() if each["origin"] == "execution"]

    assert line["folder"] == "manifests/faces/runs/"
    assert line["inputs"] is None
