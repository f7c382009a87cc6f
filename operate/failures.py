"""Why CloudFormation did not deploy a stack, in the words that help."""

import itertools
import re

from botocore.exceptions import ClientError

from operate.deployed import Deployed

_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")
"""What CloudFormation says of a resource that another one's failure stopped."""

_TRACE = re.compile(r"\n\s+at .*", re.DOTALL)
_LOGS = re.compile(r"\n+Logs: (?P<group>\S+)\n*$")


def newest_event(deployed: Deployed, stack: str) -> str | None:
    """The id of the last thing that happened to a stack; None when nothing did."""
    return next((event["EventId"] for event in deployed.events(stack)), None)


def reasons(deployed: Deployed, stack: str, *, since: str | None) -> list[str]:
    """What failed in a stack, first cause first.

    The trace that the provider framework appends is left out: it shows the
    framework's own lines, not the cause.

    Args:
        deployed: The environment.
        stack: The stack's name.
        since: The id of the last event that is not to be told any more: a deployment
            may fail before CloudFormation hears of it.
    """
    try:
        failed = [
            event
            for event in itertools.takewhile(
                lambda event: event["EventId"] != since, deployed.events(stack)
            )
            if event["ResourceStatus"].endswith("_FAILED")
            and event.get("ResourceStatusReason")
            and event["ResourceStatusReason"] not in _CONSEQUENCES
        ]
    except ClientError:
        return []
    return [
        f"{event['LogicalResourceId']}: {_plain(event['ResourceStatusReason'])}"
        for event in reversed(failed)
    ]


def _plain(reason: str) -> str:
    without_trace = _TRACE.sub("", reason).removeprefix("Error: ")
    return _LOGS.sub("", without_trace).strip()
