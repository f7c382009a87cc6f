"""Each day is scored once: nights, clocks that change, days that are made up for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chaos.sagemaker import Outcome
from chaos.world import World
from tests.handlers.deployments import begin, deploy, execute, world_where

DATED = "photos-0/{run_date}/"
BERLIN = "Europe/Berlin"


@pytest.fixture
def world() -> World:
    world = world_where()
    assert deploy(world)
    return world


def put(world: World, *days: str) -> None:
    for day in days:
        world.storage.put_object(Bucket="inputs", Key=f"photos-0/{day}/a.jpg", Body=b"")


def scored(world: World) -> list[str]:
    """The days whose inputs were read by jobs of runs, in order."""
    _, *jobs = world.sagemaker.jobs.values()
    uris = [
        job.request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        for job in jobs
    ]
    return [uri.split("/")[-2] for uri in uris]


def due(moment: str) -> dict[str, str]:
    return {"scheduled": moment}


def test_a_scheduled_run_is_for_the_day_that_it_was_due(world: World) -> None:
    put(world, "2030-01-05", "2030-01-06")
    world.agenda.run(30 * 24 * 3600)

    answer = execute(
        world, inputs=DATED, zone=BERLIN, asked=due("2030-01-05T23:30:00Z")
    )

    assert scored(world) == ["2030-01-06"]
    job = world.sagemaker.jobs[answer["Job"]]
    written = job.request["TransformOutput"]["S3OutputPath"]
    assert written == f"s3://outputs/faces/date=2030-01-06/job={answer['Job']}/"


def test_a_run_by_hand_is_for_today_or_for_the_day_that_is_said(world: World) -> None:
    put(world, "2030-01-01", "2029-12-24")

    execute(world, inputs=DATED)
    execute(world, inputs=DATED, asked={"run_date": "2029-12-24"})

    assert scored(world) == ["2030-01-01", "2029-12-24"]


def test_an_hour_may_be_said_too(world: World) -> None:
    put(world, "2030-01-01/07")

    execute(
        world,
        inputs="photos-0/{run_date}/{run_hour}/",
        asked={"run_date": "2030-01-01", "run_hour": "07"},
    )

    assert scored(world) == ["07"]


def test_a_schedule_that_begins_two_executions_makes_one_run(world: World) -> None:
    put(world, "2030-01-05")
    both = [
        begin(world, inputs=DATED, asked=due("2030-01-05T02:00:00Z")) for _ in range(2)
    ]
    world.agenda.run(24 * 3600)

    first, second = (world.executions.ended[each] for each in both)
    assert (first["State"], second["State"]) == ("succeeded", "skipped")
    assert second["Note"] == f"{both[0]} makes this run."
    assert scored(world) == ["2030-01-05"]
    # The second is nothing that anybody has to hear of.
    assert len(world.topic.published) == 2


@pytest.mark.parametrize("changes", ["2030-03-31", "2030-10-27"])
def test_each_day_is_scored_once_where_clocks_change(changes: str) -> None:
    """AWS: Schedule types in EventBridge Scheduler: 01:30 comes once on both days."""
    world = world_where()
    assert deploy(world)
    middle = date.fromisoformat(changes)
    days = [middle + timedelta(days=n) for n in (-1, 0, 1)]
    put(world, *(day.isoformat() for day in days))
    # Half past midnight in UTC is half past one in winter and half past two in summer.
    for day in days:
        summer = date(2030, 3, 31) < day < date(2030, 10, 28)
        hour = 23 if summer else 0
        instant = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
        if summer:
            instant -= timedelta(days=1)
        execute(world, inputs=DATED, zone=BERLIN, asked=due(instant.isoformat()))

    assert scored(world) == [day.isoformat() for day in days]


def test_days_that_are_made_up_for_do_not_wait_for_each_other() -> None:
    world = world_where(Outcome(), Outcome(minutes=600))
    assert deploy(world)
    days = [f"2029-12-{day}" for day in range(20, 27)]
    put(world, *days)
    for day in days:
        begin(world, inputs=DATED, asked={"run_date": day})
    world.agenda.run(600)

    assert scored(world) == days
    assert not world.executions.ended


def test_the_same_day_twice_at_once_is_scored_once() -> None:
    world = world_where(Outcome(), Outcome(minutes=600))
    assert deploy(world)
    put(world, "2029-12-24")
    both = [
        begin(world, inputs=DATED, asked={"run_date": "2029-12-24"}) for _ in range(2)
    ]
    world.agenda.run(24 * 3600)

    states = [world.executions.ended[each]["State"] for each in both]
    assert sorted(states) == ["skipped", "succeeded"]
    assert scored(world) == ["2029-12-24"]


def test_a_deployment_scores_the_day_on_which_it_began() -> None:
    world = world_where()
    for day in ("2030-01-01", "2030-01-02"):
        put(world, day)
    assert deploy(world)

    ((_, job),) = world.sagemaker.jobs.items()

    written = job.request["TransformOutput"]["S3OutputPath"]
    assert written == f"s3://outputs/faces/date=2030-01-01/job={job.name}/"


def missing(day: str, **more: str) -> dict[str, object]:
    return {"run_date": day, "if_missing": True, **more}


def test_a_day_that_ended_well_is_not_made_up_for(world: World) -> None:
    put(world, "2029-12-24")
    first = execute(world, inputs=DATED, asked=due("2029-12-24T02:00:00Z"))

    answer = execute(world, inputs=DATED, asked=missing("2029-12-24"), on_empty="fail")

    assert answer["State"] == "skipped"
    assert answer["Note"] == f"The run {first['Job']} of 2029-12-24 has ended well."
    assert scored(world) == ["2029-12-24"]


def test_a_day_that_failed_is_made_up_for() -> None:
    world = world_where(Outcome(), Outcome(reason="AlgorithmError"), Outcome())
    assert deploy(world)
    put(world, "2029-12-24")
    execute(world, inputs=DATED, asked=due("2029-12-24T02:00:00Z"))

    answer = execute(world, inputs=DATED, asked=missing("2029-12-24"))

    assert answer["State"] == "succeeded"
    assert scored(world) == ["2029-12-24"] * 2


def test_a_day_that_is_running_is_waited_for() -> None:
    world = world_where(Outcome(), Outcome(minutes=300))
    assert deploy(world)
    put(world, "2029-12-24")
    begin(world, inputs=DATED, asked=due("2029-12-24T02:00:00Z"))
    world.agenda.run(600)

    answer = execute(world, inputs=DATED, asked=missing("2029-12-24"))

    assert answer["State"] == "skipped"
    assert scored(world) == ["2029-12-24"]


def test_hours_are_days_of_their_own_where_inputs_lie_by_hour(world: World) -> None:
    put(world, "2029-12-24/06", "2029-12-24/07")
    hourly = "photos-0/{run_date}/{run_hour}/"
    for hour in ("06", "07", "07"):
        asked = missing("2029-12-24", run_hour=hour)
        execute(world, inputs=hourly, asked=asked)

    assert scored(world) == ["06", "07"]


def test_three_nights_and_the_days_before_are_scored_once_each(world: World) -> None:
    """Data, no data, late data; then a week is made up for, these nights included."""
    put(world, "2030-01-01")
    nights = [
        begin(world, inputs=DATED, asked=due(f"2030-01-0{night}T03:00:00Z"))
        for night in (1, 2)
    ]
    late = begin(
        world, inputs=DATED, asked=due("2030-01-03T03:00:00Z"), ready="_SUCCESS"
    )
    world.agenda.run(4 * 3600)
    put(world, "2030-01-03", "2030-01-02")
    world.storage.put_object(
        Bucket="inputs", Key="photos-0/2030-01-03/_SUCCESS", Body=b""
    )
    world.agenda.run(4 * 3600)
    states = [world.executions.ended[each]["State"] for each in (*nights, late)]
    assert states == ["succeeded", "skipped", "succeeded"]
    first, last = scored(world)
    assert first == "2030-01-01"
    week = [date(2029, 12, 28) + timedelta(days=number) for number in range(7)]
    put(world, *(day.isoformat() for day in week[:4]))

    for day in week:
        begin(world, inputs=DATED, asked=missing(day.isoformat()))
    world.agenda.run(24 * 3600)

    assert sorted(each for each in scored(world) if each != last) == [
        day.isoformat() for day in week[:6]
    ]
    assert len(scored(world)) == 7
