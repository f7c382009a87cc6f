"""The contract between CloudFormation, CDK's provider framework and the launcher.

Sources: AWS: Custom resource request and response reference; AWS CDK: Provider
Framework.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, Literal, Protocol

WAIT_LIMIT = timedelta(minutes=45)
"""How long one request may wait for a job; CloudFormation itself gives up at 60."""

REASON_LIMIT = 1800
"""Bytes of a failure's reason as JSON. CloudFormation refuses an answer over 4096
bytes, and the provider framework adds its own lines to ours."""

UNSEEN = "AWS knows nothing of this name."
"""What is in the way of removing what may only be too new to be seen."""

Properties = Mapping[str, Any]
Answer = dict[str, Any]
Attributes = Mapping[str, str]


class LauncherError(Exception):
    """A request cannot be fulfilled; the text is what a person reads in the event."""

    def __init__(self, reason: str) -> None:
        super().__init__(bounded(reason, REASON_LIMIT))


def bounded(text: str, limit: int) -> str:
    """`text`, cut so that it takes at most `limit` bytes inside a JSON document.

    Quotes, line ends and control characters take more room there than in the text.
    """
    text = text.encode(errors="replace").decode()
    if _bytes_in_json(text) <= limit:
        return text
    ends = list(accumulate(map(_bytes_in_json, text)))
    return text[: bisect_right(ends, limit - len("..."))] + "..."


def _bytes_in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - len('""')


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of CloudFormation, without its ResponseURL.

    Args:
        kind: What is asked for.
        request_id: Unique per request; a repeated delivery carries the same one.
        stack_id: The stack's ARN; another one for a stack that was made anew.
        logical_id: The resource's name in the stack.
        physical_id: The resource as CloudFormation knows it; None on Create.
        properties: The resource's properties; every scalar arrives as a string.
        old_properties: The properties before an Update; empty otherwise.
        started: When work on it began; None until `begin` has answered.
    """

    kind: Literal["Create", "Update", "Delete"]
    request_id: str
    stack_id: str
    logical_id: str
    physical_id: str | None
    properties: Properties
    old_properties: Properties
    started: datetime | None

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Read what is needed; the ResponseURL is a secret and stays behind."""
        started = event.get("StartedAt")
        return cls(
            kind=event["RequestType"],
            request_id=event["RequestId"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            physical_id=event.get("PhysicalResourceId"),
            properties=event["ResourceProperties"],
            old_properties=event.get("OldResourceProperties", {}),
            started=datetime.fromisoformat(started) if started else None,
        )

    def waited_longer_than(self, limit: timedelta, now: datetime) -> bool:
        """Whether this request has been worked on for more than `limit`."""
        return self.started is not None and now - self.started > limit


class Resource(Protocol):
    """A custom resource: `begin` names it, `finished` is asked until it is done.

    All work that creates or removes something belongs in `finished`: it is called
    again after a crash, and a failure there is followed by a Delete that carries the
    name which `begin` gave. A failure in `begin` is not.
    """

    def begin(self, request: Request) -> Answer:
        """Answer with the PhysicalResourceId."""

    def finished(self, request: Request) -> Answer:
        """Answer with IsComplete, and Data once it is true."""


def not_yet() -> Answer:
    """The answer that asks the provider framework to come back later."""
    return {"IsComplete": False}


def done(data: Attributes) -> Answer:
    """The answer that ends a request; `data` becomes the resource's attributes."""
    return {"IsComplete": True, "Data": dict(data)}


_LOGGED = (
    "RequestType",
    "RequestId",
    "StackId",
    "LogicalResourceId",
    "ResourceType",
    "PhysicalResourceId",
    "Data",
)


def loggable(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a log may show of a request or an answer.

    The ResponseURL would let a reader answer in our name, and the properties hold
    the variables of containers.
    """
    return {key: content[key] for key in _LOGGED if key in content}
