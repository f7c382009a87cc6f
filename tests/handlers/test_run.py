"""Runs of a state machine: one job each, one at a time, and the truth about its end."""

import json

import pytest

from chaos.errors import refused
from chaos.faults import Fate
from chaos.history import StartByHand
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers.records import Records
from private_transform.handlers.turns import Turns
from tests.handlers.deployments import begin, deploy, execute, statuses, world_where
from tests.handlers.test_attempts import LACKING, NO_CAPACITY, types

GOOD = Outcome()
BAD = Outcome(reason="AlgorithmError: the model does not load")
LONG = Outcome(minutes=300)
ROLE_NOT_KNOWN_YET = "Could not assume role arn:aws:iam::123456789012:role/execution."


@pytest.fixture
def world(world: World) -> World:
    assert deploy(world)
    return world


def after_deployment(*outcomes: Outcome, fates: dict[int, Fate] | None = None) -> World:
    """A world whose deployment went well; then jobs end as told."""
    world = world_where(GOOD, *outcomes)
    assert deploy(world)
    calls = world.weather.calls
    world.weather.fates = {calls + n: fate for n, fate in (fates or {}).items()}
    return world


def launched(world: World, job: str) -> dict[str, object]:
    content = world.storage.objects[CONTROL, f"launches/{job}.json"]
    found: dict[str, object] = json.loads(content)
    return found


def test_an_execution_runs_one_job_of_its_own(world: World) -> None:
    answer = execute(world)

    assert answer["State"] == "succeeded"
    assert answer["Note"] == "It did what it was for."
    assert statuses(world) == ["Completed", "Completed"]
    _, job = world.sagemaker.jobs.values()
    assert job.name == answer["Job"]
    assert job.request["TransformOutput"]["S3OutputPath"] == (
        f"s3://outputs/faces/date=2030-01-01/job={job.name}/"
    )


def test_each_execution_runs_again(world: World) -> None:
    first, second = execute(world), execute(world)

    assert first["Job"] != second["Job"]
    assert statuses(world) == ["Completed"] * 3


def test_no_deployment_takes_the_job_of_an_execution_for_its_own(world: World) -> None:
    execute(world, run=1)

    assert deploy(world, run=1)

    assert statuses(world) == ["Completed"] * 3


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        ({}, "execution"),
        ({"run_date": "2029-12-31"}, "execution"),
        ({"scheduled": "2030-01-02T02:00:00+00:00"}, "schedule"),
    ],
)
def test_the_evidence_says_what_began_a_run(
    world: World, asked: dict[str, str], origin: str
) -> None:
    answer = execute(world, asked=asked)

    found = launched(world, answer["Job"])
    assert found["origin"] == origin
    by = found["launched_by"]
    assert isinstance(by, dict)
    assert by.pop("execution").endswith(":dev-faces:1")
    assert by == {key: asked[key] for key in asked.keys() & {"scheduled"}}


@pytest.mark.parametrize(
    "asked",
    [
        [],
        "x",
        {"day": "2030-01-01"},
        {"run_date": "01/02/2030"},
        {"run_date": "2030-01-01", "run_hour": "24"},
        {"run_date": "2030-01-01", "run_hour": 7},
        {"run_date": "2030-01-01", "if_missing": "yes"},
        {"if_missing": True},
        {"run_date": "2030-01-01", "scheduled": "2030-01-02T02:00:00Z"},
        {"scheduled": "tonight"},
    ],
)
def test_what_an_execution_does_not_understand_is_told(
    world: World, asked: object
) -> None:
    answer = execute(world, asked=asked)

    assert answer["State"] == "failed"
    assert answer["Note"].startswith("An execution's input is {}, or ")
    assert statuses(world) == ["Completed"]


def test_a_run_that_fails_says_why() -> None:
    world = after_deployment(BAD)

    answer = execute(world)

    assert answer["State"] == "failed"
    assert answer["Note"].startswith(f"Transform job {answer['Job']} ended as Failed.")
    assert "AlgorithmError" in answer["Note"]
    assert "read the job's log" in answer["Note"]


def test_a_run_with_as_many_failed_inputs_as_allowed_is_good_enough() -> None:
    world = after_deployment(Outcome(failed=1, reason="Bad HTTP status: 400"))

    answer = execute(world, max_failed=1)

    assert answer["State"] == "tolerated"
    assert answer["Note"].endswith("`max_failed_inputs` allows that.")


def test_a_swapped_model_is_refused(world: World) -> None:
    (model,) = world.sagemaker.models.values()
    model["VpcConfig"] = {}

    answer = execute(world)

    assert answer["State"] == "failed"
    assert answer["Note"].startswith("No job was started: model ")
    assert statuses(world) == ["Completed"]


def test_what_aws_refuses_is_told(world: World) -> None:
    world.sagemaker.refusals["describe_transform_job"] = [
        refused("AccessDeniedException", "You may not.")
    ]

    answer = execute(world)

    assert answer["State"] == "failed"
    assert "AWS refused a call of the launcher.\nAWS: You may not." in answer["Note"]


def test_a_run_goes_on_with_another_instance_type() -> None:
    world = after_deployment(LACKING, GOOD)

    answer = execute(world, fallbacks=1)

    assert answer["State"] == "succeeded"
    assert types(world)[1:] == ["ml.m5.large", "ml.m5.0xlarge"]


def test_a_run_without_capacity_ends() -> None:
    world = after_deployment(LACKING)

    answer = execute(world)

    assert answer["State"] == "failed"
    assert NO_CAPACITY in answer["Note"]
    assert "It was attempt 3." in answer["Note"]


def test_a_role_that_is_new_is_waited_for(world: World) -> None:
    world.sagemaker.refusals["create_transform_job"] = [
        refused("ValidationException", ROLE_NOT_KNOWN_YET)
    ] * 3

    assert execute(world)["State"] == "succeeded"


@pytest.mark.parametrize("number", range(1, 14))
@pytest.mark.parametrize("fate", Fate)
def test_whatever_fails_once_there_is_one_job(number: int, fate: Fate) -> None:
    world = after_deployment(GOOD, fates={number: fate})

    assert execute(world)["State"] == "succeeded"

    assert len(world.sagemaker.jobs) == 2


def test_another_run_is_skipped_while_one_goes_on() -> None:
    world = after_deployment(LONG)
    begin(world)
    world.agenda.run(600)

    answer = execute(world, overlap="skip")

    assert answer["State"] == "skipped"
    assert answer["Note"].endswith(" goes on.")
    assert len(world.sagemaker.jobs) == 2


def test_another_run_is_queued_while_one_goes_on() -> None:
    world = after_deployment(LONG, GOOD)
    first = begin(world)
    world.agenda.run(600)

    answer = execute(world, overlap="queue")

    assert answer["State"] == "succeeded"
    assert first in world.executions.ended
    assert len(world.sagemaker.jobs) == 3


def test_two_that_begin_at_the_same_moment_run_one_after_the_other() -> None:
    world = after_deployment(GOOD, fates={2: Fate.OVERTAKEN, 3: Fate.OVERTAKEN})
    both = [begin(world, overlap="skip") for _ in range(2)]
    world.agenda.run(3600)

    states = sorted(world.executions.ended[each]["State"] for each in both)

    assert states == ["skipped", "succeeded"]
    assert len(world.sagemaker.jobs) == 2


def test_a_run_that_cannot_start_leaves_the_turn_to_the_next(world: World) -> None:
    world.sagemaker.refusals["create_transform_job"] = [
        refused("ResourceLimitExceeded", "account-level service limit")
    ]
    assert execute(world)["State"] == "failed"

    assert execute(world)["State"] == "succeeded"


def test_a_turn_that_was_taken_for_nothing_passes_on_after_a_while() -> None:
    """The function is killed once it has the turn, and its execution is stopped."""
    world = after_deployment(GOOD, fates={3: Fate.KILLED_AFTER})
    first = begin(world)
    world.agenda.run(1)
    world.executions.stop(first)

    assert execute(world)["State"] == "skipped"
    world.agenda.run(15 * 60)
    assert execute(world)["State"] == "succeeded"


def test_the_job_of_a_person_takes_no_turn(world: World) -> None:
    world.do(StartByHand())

    assert execute(world)["State"] == "succeeded"


def test_nobody_gives_back_the_turn_of_another(world: World) -> None:
    turns = Turns(
        goes_on=lambda run: False,
        records=Records(s3=world.storage, bucket=CONTROL),
        describe=lambda _: None,
        now=world.agenda.now,
    )
    turns.give_back("faces", "one")
    assert turns.before("faces", "one") is None

    turns.give_back("faces", "two")

    assert turns.before("faces", "two") == "one"
