"""No job starts on a model that is not exactly where it must be."""

import pytest

from chaos.errors import refused
from chaos.history import Deploy, Template
from chaos.world import World
from tests.handlers.deployments import deploy, replies


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
        ("VpcConfig", {}, "It has none; it must have subnet-1, subnet-2."),
        ("EnableNetworkIsolation", False, "is not isolated from the network"),
        ("EnableNetworkIsolation", None, "is not isolated from the network"),
    ],
)
def test_a_swapped_model_is_refused_before_launch(
    running: World, field: str, value: object, words: str
) -> None:
    (model,) = running.sagemaker.models.values()
    model[field] = value

    assert not deploy(running, run=1)

    reason = replies(running, "Update")[0].reason
    assert words in reason
    assert "no job was started" in reason
    assert len(running.sagemaker.jobs) == 1


def test_the_order_of_subnets_does_not_matter(running: World) -> None:
    (model,) = running.sagemaker.models.values()
    model["VpcConfig"] = {
        "Subnets": ["subnet-2", "subnet-1"],
        "SecurityGroupIds": ["sg-1"],
    }

    assert deploy(running, run=1)


def test_a_model_that_is_gone_is_told_before_launch(running: World) -> None:
    running.sagemaker.models.clear()

    assert not running.do(Deploy(template=Template(run=1)))

    reason = replies(running, "Update")[0].reason
    assert "does not exist any more, so no job was started" in reason


def test_a_model_that_may_not_be_looked_at_is_told_before_launch(
    running: World,
) -> None:
    running.sagemaker.refusals["describe_model"] = [
        refused("AccessDeniedException", "You may not.")
    ]

    assert not running.do(Deploy(template=Template(run=1)))

    assert "could not be looked at" in replies(running, "Update")[0].reason
