"""A job that lasts too long is stopped, whoever started it, and that is a failure."""

from datetime import timedelta

import pytest

from chaos.history import StartByHand
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers.contract import FAILED_RUN, METRICS
from private_transform.handlers.watch import Watch
from tests.handlers.deployments import begin, deploy, statuses, world_where

HOUR = 3600
LONG = Outcome(minutes=6000)


def look(world: World) -> None:
    Watch(
        sagemaker=world.sagemaker,
        s3=world.storage,
        cloudwatch=world.metrics,
        bucket=CONTROL,
        environment="dev",
        longest=timedelta(hours=24),
        now=world.agenda.now,
    ).look()
    world.agenda.run(600)


@pytest.mark.parametrize("asked", [{}, {"scheduled": "2030-01-02T02:00:00Z"}])
def test_a_run_that_lasts_too_long_is_stopped_and_has_failed(
    asked: dict[str, str],
) -> None:
    world = world_where(Outcome(), LONG)
    assert deploy(world)
    execution = begin(world, asked=asked)
    world.agenda.run(23 * HOUR)
    look(world)
    assert statuses(world) == ["Completed", "InProgress"]
    world.agenda.run(HOUR)
    world.topic.published.clear()

    look(world)

    assert statuses(world) == ["Completed", "Stopped"]
    (message,) = world.topic.published
    assert message["Subject"].startswith("Failed: ")
    assert "It ran longer than 24 hours" in message["Message"]
    assert world.metrics.last(METRICS, FAILED_RUN, "dev", "faces") == 1
    assert world.executions.ended[execution]["State"] == "stopped"


def test_a_job_that_a_deployment_handed_over_is_stopped_too() -> None:
    world = world_where(LONG)
    assert deploy(world)
    world.agenda.run(24 * HOUR)

    look(world)

    assert statuses(world) == ["Stopped"]


def test_jobs_with_other_names_are_left_alone() -> None:
    """The launcher names all of ours; of others, none may be ended."""
    world = world_where(Outcome(), LONG)
    assert deploy(world)
    world.do(StartByHand())
    world.agenda.run(24 * HOUR)

    look(world)

    assert statuses(world) == ["Completed", "InProgress"]


def test_a_person_who_stops_a_job_has_not_failed() -> None:
    world = world_where(LONG)
    assert deploy(world)
    (name,) = world.sagemaker.jobs
    world.sagemaker.stop_transform_job(TransformJobName=name)
    world.agenda.run(600)

    (message,) = world.topic.published
    assert message["Subject"] == f"Stopped: {name}"
