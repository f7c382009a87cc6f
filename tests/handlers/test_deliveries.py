"""Requests that come twice, late, or to a function that dies."""

from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from chaos.cloudformation import model_properties
from chaos.errors import refused
from chaos.faults import Fate
from chaos.history import Deploy, History, Remove, Template
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from tests.handlers.deployments import deploy, replies, statuses, world_where

LATE = (1, 15, 4000)


def test_repeated_deliveries_are_answered_alike_and_do_the_work_once() -> None:
    world = world_where(duplicates=dict.fromkeys(range(6), LATE))
    assert deploy(world)
    assert deploy(world, model=1)
    world.agenda.run(5000)

    assert len(world.sagemaker.jobs) == 2
    assert len(world.sagemaker.models) == 1
    for asked in world.stack.asked[:6]:
        request_id = asked.event["RequestId"]
        answers = [r for r in world.framework.replies if r.request_id == request_id]
        assert len(answers) == 1 + len(LATE)
        assert len({(a.status, a.name, str(a.data)) for a in answers}) == 1


def test_a_late_delivery_of_a_failed_request_fails_again_and_makes_nothing() -> None:
    world = world_where(Outcome(reason="no"), duplicates={0: (9000,), 1: (9000,)})
    assert not deploy(world)
    world.agenda.run(10000)

    assert world.sagemaker.models == {}
    assert len(world.sagemaker.jobs) == 1
    assert [r.status for r in replies(world, "Create")] == ["FAILED", "FAILED"]


def test_what_a_function_makes_after_the_removal_is_removed(world: World) -> None:
    look = world.storage.list_objects_v2
    creation = {
        "RequestType": "Create",
        "RequestId": "creation",
        "StackId": "arn:aws:cloudformation:us-east-1:1:stack/dev-faces/1",
        "LogicalResourceId": "Model",
        "ResourceType": "Custom::TransformModel",
        "ResourceProperties": model_properties(Template()),
    }
    removal = {
        **creation,
        "RequestType": "Delete",
        "RequestId": "removal",
        "PhysicalResourceId": "dev-faces-Model-1A2B3C4D5E6F",
    }

    def slowly(**request: Any) -> dict[str, Any]:
        world.storage.list_objects_v2 = look  # type: ignore[method-assign]  # as it was
        for event in (creation, removal):
            world.framework.deliver(event)
            world.agenda.meanwhile(0)
        return look(**request)

    world.storage.list_objects_v2 = slowly  # type: ignore[method-assign]  # just once
    world.framework.deliver(creation)
    world.agenda.run(600)

    assert len(world.sagemaker.created) == 2
    assert world.sagemaker.models == {}
    assert [reply.status for reply in world.framework.replies] == ["SUCCESS"] * 3


def test_answers_agree_although_the_job_went_on_between_them() -> None:
    world = world_where(Outcome(minutes=90), duplicates={1: (20000,)})
    assert deploy(world)
    world.agenda.run(30000)

    said = [reply.data["Status"] for reply in replies(world, "Create")]
    assert statuses(world) == ["Completed"]
    assert said == ["InProgress", "InProgress"]


@pytest.mark.parametrize("fate", list(Fate))
def test_any_single_fault_of_a_call_is_survived(fate: Fate) -> None:
    for call in range(1, 40):
        world = World(History(acts=(), fates={call: fate}))

        assert deploy(world), f"call {call}"
        assert len(world.sagemaker.jobs) == 1


def test_a_function_that_runs_out_of_time_leaves_nothing_behind() -> None:
    for call in range(1, 20):
        world = World(
            History(acts=(), fates={call: Fate.KILLED_AFTER}, crash_is_failure=True)
        )
        deployed = deploy(world)
        world.agenda.run(600)
        if not deployed:
            assert world.sagemaker.models == {}
            assert list(world.sagemaker.running()) == []


def test_a_service_that_stays_away_is_given_up_in_words_before_the_hour() -> None:
    world = world_where(fates=dict.fromkeys(range(30, 5000), Fate.BROKEN))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.reason == (
        "AWS failed for 45 minutes; deploy again later.\nAWS: We failed."
    )
    assert reply.at < 46 * 60


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://aws.example"),
        EndpointConnectionError(endpoint_url="https://aws.example"),
        ProxyConnectionError(proxy_url="https://proxy.example"),
        SSLError(endpoint_url="https://aws.example", error="broken"),
        ConnectionClosedError(endpoint_url="https://aws.example"),
        ReadTimeoutError(endpoint_url="https://aws.example"),
    ],
)
def test_a_connection_that_fails_for_a_moment_is_tried_again(
    error: Exception,
) -> None:
    world = world_where()
    assert deploy(world)
    for operation in ("create_model", "create_transform_job", "describe_transform_job"):
        world.sagemaker.refusals[operation] = [error]

    assert deploy(world, model=1)


def test_a_service_that_cannot_be_reached_is_told_in_words_before_the_hour() -> None:
    world = world_where(fates=dict.fromkeys(range(30, 5000), Fate.UNREACHABLE))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.reason == (
        "AWS failed for 45 minutes; deploy again later.\n"
        'AWS: Could not connect to the endpoint URL: "https://aws.example"'
    )


def test_a_refused_call_is_told_in_aws_words(world: World) -> None:
    world.sagemaker.refusals["describe_transform_job"] = [
        refused("AccessDeniedException", "You are not authorized.")
    ]

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.reason == (
        "AWS refused a call of the launcher.\nAWS: You are not authorized."
    )


def test_a_refusal_at_the_beginning_is_told_in_aws_words(world: World) -> None:
    def refuse(**request: Any) -> dict[str, Any]:
        raise refused("AccessDenied", "You may not.", status=403)

    world.storage.get_object = refuse  # type: ignore[method-assign]  # the fault

    assert not deploy(world)

    (reply,) = replies(world, "Create", "Model")
    assert reply.reason.startswith("The launcher could not begin; deploy again.")
    assert "You may not." in reply.reason


def test_the_environments_key_encrypts_what_the_launcher_does_not_read(
    world: World,
) -> None:
    assert deploy(world)
    world.agenda.run(60)

    keys = {
        (place.partition("/")[0], key)
        for (bucket, place), key in world.storage.keys.items()
        if bucket == CONTROL
    }
    assert keys == {
        ("requests", "AES256"),
        ("launches", "AES256"),
        ("claims", "AES256"),
        ("ends", "AES256"),
        ("evidence", None),
        ("outcomes", None),
    }


def test_a_stack_that_was_made_anew_has_a_journal_of_its_own(world: World) -> None:
    assert deploy(world)
    assert world.do(Remove())
    assert deploy(world, model=1)

    keys = [key for _, key in world.storage.objects if key.startswith("requests/")]
    assert {key.split("/")[2] for key in keys} == {"1", "2"}


def test_nothing_secret_is_logged() -> None:
    world = world_where(Outcome(), Outcome(reason="no"))
    assert deploy(world)
    assert not deploy(world, job=1)
    world.do(Deploy(template=Template(model=1)))

    text = "\n".join(world.lines)
    assert "request-0" in text
    for secret in ("X-Amz-Signature", "ResponseURL", "5ec2e7", "ServiceToken"):
        assert secret not in text


def test_an_unknown_resource_type_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="Custom::Nonsense"):
        world.framework.launcher.begin({"ResourceType": "Custom::Nonsense"})


def test_an_update_whose_beginning_fails_for_a_moment_goes_on() -> None:
    world = world_where()
    assert deploy(world)
    first = world.weather.calls + 1
    again = world_where(fates={first: Fate.BROKEN, first + 1: Fate.CUT_BEFORE})
    assert deploy(again)

    assert deploy(again, run=1)
    assert again.weather.met == [Fate.BROKEN, Fate.CUT_BEFORE]


def test_an_update_that_cannot_begin_changes_nothing() -> None:
    world = world_where()
    assert deploy(world)
    first = world.weather.calls + 1
    again = world_where(fates=dict.fromkeys(range(first, first + 3), Fate.BROKEN))
    assert deploy(again)
    before = dict(again.stack.held)

    assert not deploy(again, run=1)

    assert "could not begin" in replies(again, "Update", "Model")[0].reason
    assert again.stack.stuck is None
    assert again.stack.held["Job"].name == before["Job"].name
    assert statuses(again) == ["Completed"]
