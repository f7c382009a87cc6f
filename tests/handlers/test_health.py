"""Time that passes is told: since a run ended well, and while one lasts too long."""

from datetime import timedelta
from typing import Any

import pytest

from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers.contract import (
    HOURS_SINCE_SUCCESS,
    INPUTS,
    METRICS,
    OUTPUTS,
    TIMES_USUAL,
)
from private_transform.handlers.watch import Watch
from tests.handlers.deployments import begin, deploy, world_where
from tests.handlers.test_inputs import upload

HOUR = 3600
PHOTOS = "s3://inputs/photos-0/"
GOOD, BAD, LONG = Outcome(minutes=60), Outcome(failed=1), Outcome(minutes=6000)


def look(world: World) -> None:
    Watch(
        sagemaker=world.sagemaker,
        s3=world.storage,
        cloudwatch=world.metrics,
        bucket=CONTROL,
        environment="dev",
        longest=timedelta(hours=100),
        now=world.agenda.now,
    ).look()


def told(world: World, metric: str) -> float | None:
    return world.metrics.last(METRICS, metric, "dev", "faces")


def run(world: World, asked: Any = None) -> None:
    """One run, to its end."""
    begin(world, asked=asked)
    world.agenda.run(2 * HOUR)


def test_the_hours_since_a_run_ended_well_are_told() -> None:
    world = world_where(GOOD, BAD)
    assert deploy(world)
    world.agenda.run(3 * HOUR)
    run(world)
    look(world)
    first = told(world, HOURS_SINCE_SUCCESS)
    world.agenda.run(10 * HOUR)

    look(world)

    # A run that failed since is none of them.
    assert first is not None
    assert told(world, HOURS_SINCE_SUCCESS) == pytest.approx(first + 10, abs=0.1)
    assert first == pytest.approx(5, abs=0.5)


def test_of_a_transform_that_never_did_well_nothing_is_told() -> None:
    world = world_where(BAD)
    deploy(world)
    world.agenda.run(HOUR)

    look(world)

    assert told(world, HOURS_SINCE_SUCCESS) is None


def test_a_run_that_lasts_longer_than_usual_is_told() -> None:
    world = world_where(GOOD, GOOD, GOOD, LONG)
    assert deploy(world)
    world.agenda.run(HOUR)
    run(world)
    run(world)
    begin(world)
    world.agenda.run(5 * HOUR)

    look(world)

    assert told(world, TIMES_USUAL) == pytest.approx(5, abs=0.5)


def test_of_two_runs_nobody_knows_how_long_one_usually_lasts() -> None:
    world = world_where(GOOD, GOOD, LONG)
    assert deploy(world)
    world.agenda.run(HOUR)
    run(world)
    begin(world)
    world.agenda.run(50 * HOUR)

    look(world)

    assert told(world, TIMES_USUAL) is None


def test_runs_over_what_somebody_chose_say_nothing_of_how_long_one_lasts() -> None:
    short = Outcome(minutes=5)
    world = world_where(GOOD, GOOD, GOOD, BAD, short, short, short, LONG)
    assert deploy(world)
    for _ in range(3):
        run(world)
    failed = list(world.sagemaker.jobs)[-1]
    run(world, asked={"redo": failed})
    for number in range(2):
        run(world, asked=upload(world, [{"prefix": PHOTOS}, "a.jpg"], f"{number}.json"))
    begin(world)
    world.agenda.run(HOUR)

    look(world)

    assert told(world, TIMES_USUAL) == pytest.approx(1, abs=0.2)


def test_only_the_last_runs_say_how_long_one_usually_lasts() -> None:
    """A transform that has become slower is soon known to be so."""
    world = world_where(*[GOOD] * 6, *[Outcome(minutes=240)] * 6, LONG)
    assert deploy(world)
    for _ in range(11):
        begin(world)
        world.agenda.run(6 * HOUR)
    begin(world)
    world.agenda.run(8 * HOUR)

    look(world)

    assert told(world, TIMES_USUAL) == pytest.approx(2, abs=0.3)


def test_what_a_run_read_and_wrote_is_told_in_numbers() -> None:
    world = world_where(BAD)
    deploy(world)
    world.agenda.run(HOUR)

    assert (told(world, INPUTS), told(world, OUTPUTS)) == (3, 2)
