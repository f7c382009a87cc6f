"""State machines act with their roles, and people start and stop what they may."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT
from tests.rehearsal.waiting import wait_until

Ended = Callable[..., dict[str, Any]]
New = Callable[..., str]

MACHINES = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine"
ECHO = "def handler(event, context): return {'heard': event}"
NOTHING = {"Type": "Pass", "End": True}


def call(function: str, **settings: Any) -> dict[str, Any]:
    """The two ways in which a task calls a function."""
    if "way" not in settings:
        return {"Type": "Task", "Resource": function, "End": True, **settings}
    return {
        "Type": "Task",
        "Resource": settings.pop("way"),
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "End": True,
        **settings,
    }


PLAIN: dict[str, Any] = {}
OPTIMIZED = {"way": "arn:aws:states:::lambda:invoke"}


def may_call(function: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function}


@pytest.fixture(scope="module")
def function(new_function: Callable[[str], str]) -> str:
    return new_function(ECHO)


@pytest.fixture
def run(client: Callable[..., Any]) -> Ended:
    """Run a machine to its end: how the execution ended."""
    api = client("stepfunctions")

    def to_the_end(machine: str, execution: str = "", **content: Any) -> dict[str, Any]:
        arn = (
            execution
            or api.start_execution(stateMachineArn=machine, input=json.dumps(content))[
                "executionArn"
            ]
        )

        def describe() -> dict[str, Any]:
            found: dict[str, Any] = api.describe_execution(executionArn=arn)
            return found

        wait_until(lambda: describe()["status"] != "RUNNING", seconds=30)
        return describe()

    return to_the_end


@pytest.mark.slow
@pytest.mark.parametrize("way", [PLAIN, OPTIMIZED])
def test_a_machine_calls_what_its_role_may_call(
    new_service_role: New,
    new_machine: New,
    function: str,
    run: Ended,
    way: dict[str, Any],
) -> None:
    name = f"machine-{uuid4().hex[:8]}"
    role = new_service_role(
        "states",
        may_call(function),
        StringEquals={"aws:SourceAccount": ACCOUNT},
        ArnLike={"aws:SourceArn": f"{MACHINES}:{name}"},
    )
    machine = new_machine(role, {"Call": call(function, **way)}, name)
    ended = run(machine, word="x")
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"]) == {"heard": {"word": "x"}}


@pytest.mark.parametrize("way", [PLAIN, OPTIMIZED])
@pytest.mark.parametrize("given", [[], [may_call("arn:aws:lambda:*:*:function:other")]])
def test_without_the_right_its_task_fails(
    new_service_role: New,
    new_machine: New,
    function: str,
    run: Ended,
    way: dict[str, Any],
    given: list[dict[str, Any]],
) -> None:
    role = new_service_role("states", *given)
    machine = new_machine(role, {"Call": call(function, **way)})
    ended = run(machine)
    assert ended["error"] == "Lambda.AWSLambdaException"
    session = f"{role.rpartition('/')[2]}/{machine.rpartition(':')[2]}"
    assert ended["cause"].startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{session} is not authorized to "
        f"perform: lambda:InvokeFunction on resource: {function} because no "
        "identity-based policy allows the lambda:InvokeFunction action (Service: "
        "AWSLambda; Status Code: 403; Error Code: AccessDeniedException; "
    )


def test_a_function_that_is_named_is_judged_by_its_arn(
    new_service_role: New, new_machine: New, function: str, run: Ended
) -> None:
    role = new_service_role("states", may_call(f"{function}-other"))
    named = call(function.rpartition(":")[2], **OPTIMIZED)
    assert (
        f" on resource: {function} " in run(new_machine(role, {"It": named}))["cause"]
    )


@pytest.mark.parametrize(
    ("service", "conditions"),
    [
        ("lambda", {}),
        ("states", {"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        ("states", {"ArnLike": {"aws:SourceArn": f"{MACHINES}:other"}}),
    ],
)
def test_without_its_roles_trust_its_task_fails(
    new_service_role: New,
    new_machine: New,
    function: str,
    run: Ended,
    service: str,
    conditions: dict[str, Any],
) -> None:
    role = new_service_role(service, may_call(function), **conditions)
    ended = run(new_machine(role, {"Call": call(function)}))
    assert ended["error"] == "States.TaskFailed"
    assert "is authorized to assume the provided role" in ended["cause"]


def test_a_refusal_is_caught_as_any_failure(
    new_service_role: New, new_machine: New, function: str, run: Ended
) -> None:
    catch = [{"ErrorEquals": ["Lambda.AWSLambdaException"], "Next": "Caught"}]
    states = {"Call": call(function, Catch=catch), "Caught": NOTHING}
    ended = run(new_machine(new_service_role("states"), states))
    assert ended["status"] == "SUCCEEDED"


def test_its_branches_act_with_its_role(
    new_service_role: New, new_machine: New, function: str, run: Ended
) -> None:
    branch = {"StartAt": "Call", "States": {"Call": call(function)}}
    both = {"Type": "Parallel", "Branches": [branch], "End": True}
    ended = run(new_machine(new_service_role("states"), {"Both": both}))
    assert ended["error"] == "Lambda.AWSLambdaException"


def test_one_within_another_acts_with_its_own_role(
    new_service_role: New, new_machine: New, function: str, run: Ended
) -> None:
    outer, inner = new_service_role("states"), new_service_role("states")
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": new_machine(inner, {"It": call(function)})},
        "Catch": [
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.inner", "Next": "It"}
        ],
        "Next": "It",
    }
    again = call(function, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "End"}])
    again["Catch"][0]["ResultPath"] = "$.outer"
    states = {"Start": start, "It": again, "End": NOTHING}
    ended = json.loads(run(new_machine(outer, states))["output"])
    assert f"/{inner.rpartition('/')[2]}/" in ended["inner"]["Cause"]
    assert f"/{outer.rpartition('/')[2]}/" in ended["outer"]["Cause"]


def test_an_execution_goes_on_with_the_role_that_it_started_with(
    client: Callable[..., Any],
    new_service_role: New,
    new_machine: New,
    function: str,
    run: Ended,
) -> None:
    api = client("stepfunctions")
    first, second = new_service_role("states"), new_service_role("states")
    wait = {"Type": "Wait", "Seconds": 1, "Next": "Call"}
    machine = new_machine(first, {"Wait": wait, "Call": call(function)})
    started = api.start_execution(stateMachineArn=machine)["executionArn"]
    api.update_state_machine(stateMachineArn=machine, roleArn=second)
    assert first.rpartition("/")[2] in run(machine, started)["cause"]
    assert second.rpartition("/")[2] in run(machine)["cause"]


def test_every_wait_lasts_a_second(
    new_service_role: New, new_machine: New, run: Ended
) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    waits: list[dict[str, Any]] = [
        {"Seconds": 30},
        {"SecondsPath": "$.seconds"},
        {"Timestamp": later},
        {"TimestampPath": "$.at"},
        {"Seconds": "{% $states.input.seconds %}", "QueryLanguage": "JSONata"},
    ]
    branches = [
        {
            "StartAt": "Wait",
            "States": {"Wait": {"Type": "Wait", **wait, "Next": "End"}, "End": NOTHING},
        }
        for wait in waits
    ]
    all_of_them = {"Type": "Parallel", "Branches": branches, "End": True}
    machine = new_machine(new_service_role("states"), {"Waits": all_of_them})
    ended = run(machine, seconds=30, at=later)
    assert ended["status"] == "SUCCEEDED"
    lasted = ended["stopDate"] - ended["startDate"]
    assert timedelta(seconds=1) <= lasted < timedelta(seconds=10)


@pytest.mark.slow
def test_a_retry_waits_as_long_as_it_says(
    new_service_role: New, new_machine: New, function: str, run: Ended
) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3, "MaxAttempts": 1}]
    states = {"Call": call(function, Retry=retry)}
    ended = run(new_machine(new_service_role("states"), states))
    assert ended["stopDate"] - ended["startDate"] >= timedelta(seconds=3)


def test_people_start_and_stop_what_they_may(
    client: Callable[..., Any],
    new_role: New,
    new_service_role: New,
    new_machine: New,
) -> None:
    wait = {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}
    role = new_service_role("states")
    ours, theirs = new_machine(role, wait), new_machine(role, wait)
    executions = f"{ours.replace(':stateMachine:', ':execution:')}:*"
    person = client(
        "stepfunctions",
        role=new_role(
            {"Effect": "Allow", "Action": "states:StartExecution", "Resource": ours},
            {
                "Effect": "Allow",
                "Action": "states:StopExecution",
                "Resource": executions,
            },
        ),
    )
    started = person.start_execution(stateMachineArn=ours)["executionArn"]
    assert person.stop_execution(executionArn=started)["stopDate"]
    foreign = client("stepfunctions").start_execution(stateMachineArn=theirs)
    with pytest.raises(ClientError, match="AccessDenied"):
        person.start_execution(stateMachineArn=theirs)
    with pytest.raises(ClientError, match="AccessDenied"):
        person.stop_execution(executionArn=foreign["executionArn"])
