"""Why CloudFormation did not deploy a stack, in the words that help."""

import itertools
import re
from typing import Any

from botocore.exceptions import ClientError

from operate.deployed import Deployed

_TRACE = re.compile(r"\n\s+at .*", re.DOTALL)
_LOGS = re.compile(r"\n+Logs: (?P<group>\S+)\n*$")


def reasons(deployed: Deployed, stack: str) -> list[str]:
    """What failed in the stack's last operation, first cause first.

    The trace that the provider framework appends is left out: it shows the
    framework's own lines, not the cause.
    """
    try:
        events = deployed.events(stack)
        last = itertools.takewhile(lambda event: not _began(event), events)
        failed = [
            event
            for event in last
            if event["ResourceStatus"].endswith("_FAILED")
            and event.get("ResourceStatusReason")
            and "cancelled" not in event["ResourceStatusReason"]
        ]
    except ClientError:
        return []
    return [
        f"{event['LogicalResourceId']}: {_plain(event['ResourceStatusReason'])}"
        for event in reversed(failed)
    ]


def _began(event: dict[str, Any]) -> bool:
    """Whether the operation began with this event."""
    return event["PhysicalResourceId"] == event["StackId"] and event[
        "ResourceStatus"
    ] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


def _plain(reason: str) -> str:
    without_trace = _TRACE.sub("", reason).removeprefix("Error: ")
    return _LOGS.sub("", without_trace).strip()
