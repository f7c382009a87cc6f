"""No job starts on a model that is not exactly where it must be."""

import pytest

from chaos.cloudformation import NETWORK
from chaos.errors import refused
from chaos.history import StartByHand
from chaos.world import World
from private_transform.handlers.start import fault_of
from tests.handlers.deployments import deploy, replies, statuses

ROLE_NOT_KNOWN_YET = refused(
    "ValidationException",
    "Could not assume role arn:aws:iam::123456789012:role/execution. Please ensure "
    "that the role exists and allows principal 'sagemaker.amazonaws.com' to assume "
    "the role.",
)


@pytest.fixture
def running(world: World) -> World:
    assert deploy(world)
    return world


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "VpcConfig",
            {"Subnets": ["subnet-9"], "SecurityGroupIds": ["sg-1"]},
            "is not in the environment's subnets",
        ),
        (
            "VpcConfig",
            {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-9"]},
            "is not in the environment's security groups",
        ),
        (
            "VpcConfig",
            {
                "Subnets": ["subnet-1", "subnet-2", "subnet-3"],
                "SecurityGroupIds": ["sg-1"],
            },
            "is not in the environment's subnets",
        ),
        ("VpcConfig", {}, "it has none, it must have subnet-1, subnet-2."),
        ("EnableNetworkIsolation", False, "is not isolated from the network"),
        ("EnableNetworkIsolation", None, "is not isolated from the network"),
    ],
)
def test_a_swapped_model_is_refused_before_launch(
    running: World, field: str, value: object, words: str
) -> None:
    (model,) = running.sagemaker.models.values()
    model[field] = value

    assert not deploy(running, job=1)

    reason = replies(running, "Update")[0].reason
    assert words in reason
    assert reason.startswith("No job was started")
    assert reason.endswith(
        "Change `run` and deploy again: it is made anew. If that is refused, delete "
        "the model first."
    )
    assert len(reason.splitlines()) <= 3
    assert len(running.sagemaker.jobs) == 1

    assert deploy(running, job=1, run=1)

    (model,) = running.sagemaker.models.values()
    assert fault_of(model, NETWORK) is None
    assert statuses(running) == ["Completed", "Completed"]


def test_a_swapped_model_that_we_may_not_delete_is_made_anew_once_it_is_deleted(
    running: World,
) -> None:
    (model,) = running.sagemaker.models.values()
    model["VpcConfig"] = {}
    running.sagemaker.refusals["delete_model"] = [
        refused("AccessDeniedException", "You may not delete it.")
    ]

    assert not deploy(running, run=1)

    reason = replies(running, "Update", "Model")[0].reason
    assert reason.startswith("Somebody replaced the model: ")
    assert "is not in the environment's subnets" in reason
    assert "Delete it, then deploy again" in reason
    assert reason.endswith("AWS: You may not delete it.")
    assert running.stack.stuck is None

    running.sagemaker.models.clear()

    assert deploy(running, run=1)


def test_a_swapped_model_that_a_job_uses_is_left_until_that_job_ends(
    running: World,
) -> None:
    (model,) = running.sagemaker.models.values()
    model["EnableNetworkIsolation"] = False
    running.do(StartByHand())

    assert not deploy(running, run=1)

    assert "jobs still use it: by-hand-1" in (
        replies(running, "Update", "Model")[0].reason
    )
    assert running.stack.stuck is None
    running.agenda.run(3600)

    assert deploy(running, run=1)

    assert running.sagemaker.orphaned == []


def test_the_order_of_subnets_does_not_matter(running: World) -> None:
    (model,) = running.sagemaker.models.values()
    model["VpcConfig"] = {
        "Subnets": ["subnet-2", "subnet-1"],
        "SecurityGroupIds": ["sg-1"],
    }

    assert deploy(running, run=1)


def test_a_model_that_is_gone_is_told_before_launch(running: World) -> None:
    (name,) = running.sagemaker.models
    running.sagemaker.models.clear()

    assert not deploy(running, job=1)

    assert replies(running, "Update")[0].reason == (
        f"Model {name} does not exist any more, so no job was started.\n"
        "Change `run` and deploy again: the model is made anew."
    )

    assert deploy(running, job=1, run=1)

    assert list(running.sagemaker.models) == [name]
    assert statuses(running) == ["Completed", "Completed"]


def test_a_model_that_cannot_be_made_anew_does_not_hold_up_the_roll_back(
    running: World,
) -> None:
    running.sagemaker.models.clear()
    del running.storage.objects["models", "faces/0.tar.gz"]

    assert not deploy(running, run=1)

    assert "is not there" in replies(running, "Update", "Model")[0].reason
    assert running.stack.stuck is None


def test_a_role_that_is_new_to_the_start_of_a_job_is_waited_for(
    world: World,
) -> None:
    world.sagemaker.refusals["create_transform_job"] = [ROLE_NOT_KNOWN_YET] * 9

    assert deploy(world)


def test_a_role_that_no_job_may_use_for_two_minutes_is_a_failure(
    world: World,
) -> None:
    world.sagemaker.refusals["create_transform_job"] = [ROLE_NOT_KNOWN_YET] * 99

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert 120 < reply.at < 140
    assert "was not accepted.\nAWS: Could not assume role" in reply.reason


def test_a_model_that_may_not_be_looked_at_is_told_before_launch(
    running: World,
) -> None:
    running.sagemaker.refusals["describe_model"] = [
        refused("AccessDeniedException", "You may not.")
    ]

    assert not deploy(running, job=1)

    assert "could not be looked at" in replies(running, "Update")[0].reason
