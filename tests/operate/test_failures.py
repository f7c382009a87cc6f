"""What is told of a deployment that failed."""

from typing import Any

from operate.deployed import Deployed
from operate.failures import reasons
from tests.operate.fakes import Account
from tests.operate.test_upload import environment

TRACE = (
    "Error: The artifact is not there.\nUpload it.\n\nLogs: /aws/lambda/x\n\n"
    "    at invokeUserFunction (/var/task/framework.js:2:6)\n    at async y (z:1:2)"
)


def event(status: str, reason: str = "", resource: str = "Model") -> dict[str, Any]:
    return {
        "StackId": "the-stack",
        "PhysicalResourceId": "the-stack" if resource == "stack" else "x",
        "LogicalResourceId": resource,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def told(*newest_first: dict[str, Any]) -> list[str]:
    account: Any = Account(events=list(newest_first))
    return reasons(Deployed(environment=environment(), session=account), "the-stack")


def test_the_reason_stands_without_the_trace_of_the_framework() -> None:
    assert told(event("CREATE_FAILED", TRACE)) == [
        "Model: The artifact is not there.\nUpload it."
    ]


def test_the_first_cause_comes_first_and_what_it_cancelled_is_left_out() -> None:
    assert told(
        event("UPDATE_FAILED", "second", "B"),
        event("CREATE_FAILED", "Resource creation cancelled", "C"),
        event("UPDATE_FAILED", "first", "A"),
    ) == ["A: first", "B: second"]


def test_failures_of_an_earlier_deployment_are_not_told_again() -> None:
    assert told(
        event("UPDATE_FAILED", "now"),
        event("UPDATE_IN_PROGRESS", "User Initiated", "stack"),
        event("UPDATE_FAILED", "before"),
    ) == ["Model: now"]
