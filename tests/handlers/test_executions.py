"""Ends of executions that no job tells of: skipped, refused, stopped too early."""

import json
from typing import Any

import pytest

from chaos.errors import refused
from chaos.faults import Fate, Killed
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers.contract import FAILED_RUN, METRICS
from tests.handlers.deployments import begin, deploy, execute, statuses, world_where
from tests.handlers.test_evidence import left

LONG = Outcome(minutes=600)
HOUR = 3600


@pytest.fixture
def world() -> World:
    """Nothing is told but of what comes."""
    return told_of(world_where(Outcome(), LONG, Outcome()))


def told_of(world: World) -> World:
    assert deploy(world)
    world.agenda.run(60)
    world.topic.published.clear()
    return world


def last(world: World) -> dict[str, Any]:
    """The only message since."""
    (message,) = world.topic.published
    return message


def evidence(world: World, message: dict[str, Any]) -> dict[str, Any]:
    name = message["Subject"].partition(": ")[2]
    return left(world)[name]


def test_a_skipped_run_leaves_evidence_and_is_told(world: World) -> None:
    begin(world)
    world.agenda.run(600)

    answer = execute(world)
    world.agenda.run(60)

    assert answer["State"] == "skipped"
    message = last(world)
    assert message["Subject"].startswith("Skipped: dev-faces-")
    assert "skipped, without a job." in message["Message"]
    assert answer["Note"] in message["Message"]
    assert "execution:dev-faces:2" in message["Message"]
    found = evidence(world, message)
    assert (found["job"], found["result"], found["summary"]) == (
        None,
        "skipped",
        answer["Note"],
    )
    assert found["launch"]["origin"] == "execution"


def test_a_model_that_was_replaced_between_two_nights_is_refused_and_told() -> None:
    world = told_of(world_where())
    assert execute(world, asked={"scheduled": "2030-01-02T02:00:00Z"})["Job"]
    world.agenda.run(60)
    world.topic.published.clear()
    (model,) = world.sagemaker.models.values()
    model["VpcConfig"] = {}

    answer = execute(world, asked={"scheduled": "2030-01-03T02:00:00Z"})
    world.agenda.run(60)

    assert answer["State"] == "failed"
    assert statuses(world) == ["Completed", "Completed"]
    message = last(world)
    assert message["Subject"].startswith("Failed: dev-faces-")
    assert "is not in the environment's subnets: it has none" in message["Message"]
    assert message["MessageAttributes"]["result"]["StringValue"] == "failed"
    found = evidence(world, message)
    assert found["launch"]["origin"] == "schedule"
    assert world.metrics.last(METRICS, FAILED_RUN, "dev", "faces") == 1


def test_an_input_that_is_not_understood_is_told(world: World) -> None:
    execute(world, asked={"day": "today"})
    world.agenda.run(60)

    message = last(world)
    assert message["Subject"].startswith("Failed: dev-faces-")
    assert 'and not {"day": "today"}.' in message["Message"]
    assert evidence(world, message)["result"] == "failed"


def test_an_input_that_is_too_long_for_an_event_is_no_obstacle(world: World) -> None:
    of = "arn:aws:states:us-east-1:123456789012"
    detail = {
        "executionArn": f"{of}:execution:dev-faces:9",
        "stateMachineArn": f"{of}:stateMachine:dev-faces",
        "status": "FAILED",
        "input": None,
        "inputDetails": {"included": False},
        "stopDate": world.agenda.now().timestamp() * 1000,
    }

    world.bus.handler().handle({"source": "aws.states", "detail": detail})

    assert last(world)["Subject"].startswith("Failed: dev-faces-")


def test_who_stops_an_execution_stops_its_job(world: World) -> None:
    execution = begin(world)
    world.agenda.run(600)

    world.executions.stop(execution)
    world.agenda.run(600)

    assert statuses(world) == ["Completed", "Stopped"]
    assert last(world)["Subject"].startswith("Stopped: ")


def test_the_time_of_an_execution_is_that_of_its_job(world: World) -> None:
    execution = begin(world)
    world.agenda.run(600)

    world.executions.stop(execution, "TIMED_OUT")
    world.agenda.run(600)

    assert statuses(world) == ["Completed", "Stopped"]


def test_a_job_that_shows_only_after_its_execution_was_stopped_is_stopped() -> None:
    """The function is killed when it has created the job, which nobody sees yet."""
    world = told_of(world_where(Outcome(), LONG, unseen={2: 300}))
    execution = begin(world)
    world.agenda.run(20)
    assert len(world.sagemaker.jobs) == 2

    world.executions.stop(execution)
    world.agenda.run(HOUR)

    assert statuses(world) == ["Completed", "Stopped"]


@pytest.mark.parametrize(
    ("status", "result", "why"),
    [
        ("ABORTED", "Stopped", "It was stopped before its job began."),
        ("TIMED_OUT", "Failed", "its job never began"),
    ],
)
def test_what_ends_while_it_waits_for_its_turn_is_told(
    world: World, status: str, result: str, why: str
) -> None:
    begin(world)
    world.agenda.run(600)
    waiting = begin(world, overlap="queue")
    world.agenda.run(600)

    world.executions.stop(waiting, status)
    world.agenda.run(HOUR)

    message = last(world)
    assert message["Subject"].startswith(f"{result}: ")
    assert why in message["Message"]


def test_a_function_that_never_answers_is_told(world: World) -> None:
    calls = world.weather.calls
    world.weather.fates = {calls + 1: Fate.KILLED_BEFORE}
    execution = begin(world)
    world.agenda.run(5)

    world.executions.stop(execution, "FAILED")
    world.agenda.run(60)

    assert "The launcher's function did not answer" in last(world)["Message"]


def at_the_note(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    """Raise something when the end of a run without a job is noted, once."""
    written = world.storage.put_object
    notes = iter((False, True))

    def put(**request: Any) -> dict[str, Any]:
        hits = request["Key"].startswith("runs/") and next(notes, False)
        if hits and before:
            raise before
        answer = written(**request)
        if hits and after:
            raise after
        return answer

    monkeypatch.setattr(world.storage, "put_object", put)


@pytest.mark.parametrize(
    "fault",
    [
        {"before": refused("SlowDown", "Later.", status=503)},
        {"before": refused("AccessDenied", "You may not.", status=403)},
        {"after": Killed()},
    ],
)
def test_whatever_happens_while_a_refusal_is_noted_it_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: dict[str, BaseException]
) -> None:
    (model,) = world.sagemaker.models.values()
    model["EnableNetworkIsolation"] = False
    at_the_note(world, monkeypatch, **fault)

    answer = execute(world)
    world.agenda.run(60)

    assert answer["State"] == "failed"
    assert "is not isolated from the network" in answer["Note"]
    assert last(world)["Subject"].startswith("Failed: ")


def test_repeated_events_tell_once() -> None:
    world = told_of(world_where(announcements={1: (1, 1, 700), 2: (1, 1, 700)}))
    execute(world, asked=[])
    world.agenda.run(HOUR)

    assert len(world.topic.published) == 1
    entries = [key for bucket, key in world.storage.objects if bucket == CONTROL]
    assert not any(key.startswith("runs/") for key in entries)


def test_what_is_entered_names_no_input(world: World) -> None:
    execute(world, asked={"run_date": "2029-12-31"})

    (entry,) = (
        json.loads(content)
        for (_, key), content in world.storage.objects.items()
        if key.startswith("runs/faces/")
    )
    assert entry.keys() == {"execution", "run", "launch"}
    assert "photos" not in json.dumps(entry)
