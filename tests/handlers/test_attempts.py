"""A want of capacity is met with new jobs; nothing else is tried twice."""

from typing import Any

import pytest

from chaos.history import Remove
from chaos.sagemaker import Outcome
from private_transform.handlers.attempts import Attempt, resources_of
from tests.handlers.deployments import deploy, replies, statuses, world_where

NO_CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry "
    "using a different ML instance type."
)
LACKING = Outcome(minutes=-2, reason=NO_CAPACITY)


def types(world: Any) -> list[str]:
    return [
        job.request["TransformResources"]["InstanceType"]
        for job in world.sagemaker.jobs.values()
    ]


def test_the_same_type_is_tried_again_under_a_new_name() -> None:
    world = world_where(LACKING, Outcome())

    assert deploy(world)

    first, second = world.sagemaker.jobs
    assert second == f"{first}-2"
    assert types(world) == ["ml.m5.large", "ml.m5.large"]
    held = world.stack.held["Job"]
    assert held.name == first
    assert held.data["JobName"] == second
    assert held.data["OutputPath"].endswith(f"job={second}/")


def test_other_types_are_tried_in_the_order_of_the_file() -> None:
    world = world_where(LACKING, LACKING, LACKING, Outcome())

    assert deploy(world, fallbacks=4)

    assert types(world) == [
        "ml.m5.large",
        "ml.m5.0xlarge",
        "ml.m5.1xlarge",
        "ml.m5.2xlarge",
    ]


@pytest.mark.parametrize(("fallbacks", "tried"), [(0, 3), (1, 3), (4, 5)])
def test_trying_ends_and_the_answer_says_so(fallbacks: int, tried: int) -> None:
    world = world_where(LACKING)

    assert not deploy(world, fallbacks=fallbacks)

    assert len(world.sagemaker.jobs) == tried
    (reply,) = replies(world, "Create")
    assert f"It was attempt {tried}." in reply.reason
    assert NO_CAPACITY in reply.reason
    assert world.sagemaker.models == {}


def test_there_is_no_further_attempt_once_the_deployment_has_waited_for_long() -> None:
    # The job ends between the last look in time and the first that is too late.
    world = world_where(
        Outcome(minutes=41, reason=NO_CAPACITY), Outcome(), unknown_roles={0: 10}
    )

    assert not deploy(world)

    assert statuses(world) == ["Failed"]
    (reply,) = replies(world, "Create")
    assert NO_CAPACITY in reply.reason


def test_other_failures_are_not_tried_again() -> None:
    world = world_where(Outcome(reason="AlgorithmError: CapacityError in the code"))

    assert not deploy(world, fallbacks=2)

    assert statuses(world) == ["Failed"]


def test_a_run_that_found_no_capacity_is_made_again_with_the_next_deployment() -> None:
    world = world_where(LACKING, LACKING, LACKING, Outcome())
    assert not deploy(world)

    assert deploy(world)

    assert statuses(world) == ["Failed"] * 3 + ["Completed"]


def test_a_deletion_stops_the_attempt_that_runs() -> None:
    world = world_where(LACKING, Outcome(minutes=300))
    assert deploy(world, completion="launch")

    assert world.do(Remove())

    assert statuses(world) == ["Failed", "Stopped"]


def test_one_job_that_served_is_found_whatever_its_attempt() -> None:
    world = world_where(LACKING, Outcome(), Outcome())
    assert deploy(world)
    assert deploy(world, job=1)

    assert deploy(world)

    assert statuses(world) == ["Failed", "Completed", "Completed"]


@pytest.mark.parametrize(
    ("number", "kind"), [(1, "a"), (2, "b"), (3, "c"), (4, "a"), (5, "b")]
)
def test_each_type_has_its_turn_and_then_the_first_again(
    number: int, kind: str
) -> None:
    resources = [{"InstanceType": each} for each in "abc"]

    assert resources_of(number, resources) == {"InstanceType": kind}


@pytest.mark.parametrize(
    ("job", "number", "following"),
    [
        ({"TransformJobStatus": "Failed", "FailureReason": NO_CAPACITY}, 1, 2),
        ({"TransformJobStatus": "Failed", "FailureReason": NO_CAPACITY}, 3, None),
        ({"TransformJobStatus": "Failed", "FailureReason": "ClientError"}, 1, None),
        ({"TransformJobStatus": "Failed"}, 1, None),
        ({"TransformJobStatus": "Stopped", "FailureReason": NO_CAPACITY}, 1, None),
        ({"TransformJobStatus": "InProgress"}, 1, None),
        ({"TransformJobStatus": "Completed"}, 1, None),
    ],
)
def test_what_follows_an_attempt(
    job: dict[str, str], number: int, following: int | None
) -> None:
    assert Attempt(number=number, job=job).next([{}]) == following
