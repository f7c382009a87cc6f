"""What is told of a deployment that failed."""

from typing import Any

from operate.failures import newest_event, reasons
from tests.operate.fakes import Account, deployed

TRACE = (
    "Error: The artifact is not there.\nUpload it.\n\nLogs: /aws/lambda/x\n\n"
    "    at invokeUserFunction (/var/task/framework.js:2:6)\n    at async y (z:1:2)"
)


def event(status: str, reason: str = "", resource: str = "Model") -> dict[str, Any]:
    return {
        "EventId": f"{resource} {reason}",
        "LogicalResourceId": resource,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def account(*newest_first: dict[str, Any]) -> Account:
    return Account(stacks={"dev-faces": {}}, events=list(newest_first))


def told(*newest_first: dict[str, Any], since: str | None = None) -> list[str]:
    return reasons(deployed(account(*newest_first)), "dev-faces", since=since)


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


def test_a_reason_that_speaks_of_something_cancelled_is_told() -> None:
    assert told(event("CREATE_FAILED", "The order was cancelled by its owner")) == [
        "Model: The order was cancelled by its owner"
    ]


def test_failures_of_an_earlier_deployment_are_not_told_again() -> None:
    earlier = event("UPDATE_FAILED", "before")
    since = newest_event(deployed(account(earlier)), "dev-faces")
    assert told(event("UPDATE_FAILED", "now"), earlier, since=since) == ["Model: now"]


def test_nothing_is_told_when_cloudformation_heard_nothing_of_a_deployment() -> None:
    earlier = event("UPDATE_FAILED", "before")
    since = newest_event(deployed(account(earlier)), "dev-faces")
    assert told(earlier, since=since) == []


def test_a_stack_that_is_not_there_yet_has_no_newest_event() -> None:
    assert newest_event(deployed(Account()), "dev-faces") is None
