"""A Map Run begins a child for each item that its machine's role may read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.process import ACCOUNT
from tests.rehearsal.waiting import wait_until

New = Callable[..., str]

ECHO = "def handler(event, context): return event"
NAME = "in-shards"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{NAME}"
ITEMS = [{"name": "a"}, {"name": "b"}]


def map_over(bucket: str, states: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": bucket, "Key.$": "$.key"},
        },
        "ItemSelector": {"of.$": "$.word", "item.$": "$$.Map.Item.Value"},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": next(iter(states)),
            "States": states,
        },
        "End": True,
        **settings,
    }


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


@pytest.fixture
def bucket(client: Callable[..., Any], new_bucket: New) -> str:
    name = new_bucket()
    client("s3").put_object(Bucket=name, Key="items", Body=json.dumps(ITEMS).encode())
    return name


@pytest.fixture
def ended(
    client: Callable[..., Any], new_service_role: New, new_machine: New
) -> Callable[..., dict[str, Any]]:
    """Run a machine of these states with these rights to its end."""
    api = client("stepfunctions")

    def run(state: dict[str, Any], *rights: dict[str, Any]) -> dict[str, Any]:
        machine = new_machine(new_service_role("states", *rights), {"All": state}, NAME)
        try:
            started = api.start_execution(
                stateMachineArn=machine, input='{"key": "items", "word": "x"}'
            )
            arn = started["executionArn"]
            wait_until(
                lambda: api.describe_execution(executionArn=arn)["status"] != "RUNNING",
                seconds=30,
            )
            found: dict[str, Any] = api.describe_execution(executionArn=arn)
            return found
        finally:
            api.delete_state_machine(stateMachineArn=machine)

    return run


BEGIN = allow("states:StartExecution", MACHINE)


def test_each_item_is_a_child_that_sees_itself(
    bucket: str,
    ended: Callable[..., dict[str, Any]],
    new_function: Callable[[str], str],
) -> None:
    function = new_function(ECHO)
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"Execution.$": "$$.Execution", "item.$": "$.item"},
        },
        "OutputPath": "$.Payload",
        "End": True,
    }

    found = ended(
        map_over(bucket, {"Call": call}),
        BEGIN,
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        allow("lambda:InvokeFunction", function),
    )

    assert found["status"] == "SUCCEEDED", found
    answers = json.loads(found["output"])
    assert [each["item"] for each in answers] == ITEMS
    children = {each["Execution"]["Id"] for each in answers}
    assert len(children) == 2
    assert all(f":execution:{NAME}/" in each for each in children)
    inputs = [each["Execution"]["Input"] for each in answers]
    assert inputs == [{"of": "x", "item": item} for item in ITEMS]


def test_without_the_right_to_the_list_it_fails(
    bucket: str, ended: Callable[..., dict[str, Any]]
) -> None:
    state = map_over(bucket, {"Done": {"Type": "Pass", "End": True}})

    found = ended(state, BEGIN, allow("s3:GetObject", "arn:aws:s3:::other/*"))

    assert found["error"] == "States.ItemReaderFailed"
    assert "AccessDenied" in found["cause"]


def test_without_the_right_to_begin_more_it_fails(
    bucket: str, ended: Callable[..., dict[str, Any]]
) -> None:
    state = map_over(bucket, {"Done": {"Type": "Pass", "End": True}})

    found = ended(state, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))

    assert found["status"] == "FAILED"
    assert "not authorized to perform: states:StartExecution" in found["cause"]


@pytest.mark.parametrize(("tolerated", "status"), [(100, "SUCCEEDED"), (0, "FAILED")])
def test_children_that_fail_are_tolerated_up_to_a_share(
    bucket: str,
    ended: Callable[..., dict[str, Any]],
    tolerated: int,
    status: str,
) -> None:
    state = map_over(
        bucket,
        {"No": {"Type": "Fail", "Error": "No", "Cause": "No"}},
        ToleratedFailurePercentage=tolerated,
    )

    found = ended(state, BEGIN, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))

    assert found["status"] == status
