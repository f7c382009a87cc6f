"""CDK's provider framework around the launcher's functions.

It calls the begin function, then the other one again and again, and answers
CloudFormation. A failed Create without a name is answered with a marker, and the
Delete that carries the marker never reaches the launcher (AWS CDK: Provider
Framework).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from private_transform.handlers.dispatch import Dispatch

from .agenda import Agenda
from .faults import Killed

MARKER = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
INTERVAL, ATTEMPTS = 10, 300
TIMED_OUT = "Operation timed out"
_TRACE = "\n".join(
    [
        "",
        "",
        "Logs: /aws/lambda/rehearsal-operations-LauncherIsComplete0123456-0123456789ab",
        "",
        *["    at async Runtime.handler (/var/task/framework.js:2:1234)"] * 8,
    ]
)
"""What the framework puts below each failure: the log group and its own stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer to CloudFormation.

    Args:
        request_id: Of the request.
        status: SUCCESS or FAILED.
        name: The physical id.
        data: The attributes.
        reason: As CloudFormation shows it.
        size: Bytes of the whole document.
        settled: Whether the launcher decided it, and not a crash or the framework.
        at: When, in seconds of simulated time.
    """

    request_id: str
    status: str
    name: str
    data: Mapping[str, str]
    reason: str
    size: int
    settled: bool
    at: float


@dataclass(slots=True, kw_only=True)
class Framework:
    """Delivers requests.

    Args:
        launcher: What serves them.
        agenda: The time.
        crash_is_failure: Whether a killed function of ours is reported, as when it
            runs out of time; otherwise the framework's own function dies with it, and
            the call is made again.

    Attributes:
        replies: All answers, in their order.
    """

    launcher: Dispatch
    agenda: Agenda
    crash_is_failure: bool = False
    replies: list[Reply] = field(default_factory=list)
    _newest: dict[tuple[str, str], str] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)
    _begun: set[str] = field(default_factory=set)
    _failed: set[str] = field(default_factory=set)

    def reply_to(self, request_id: str) -> Reply | None:
        """The first answer: CloudFormation takes no other."""
        return next((r for r in self.replies if r.request_id == request_id), None)

    def deliver(self, request: Mapping[str, Any]) -> None:
        """Begin, and start to wait."""
        event = _as_sent(request)
        if event["RequestType"] == "Delete" and event["PhysicalResourceId"] == MARKER:
            self._answer(event, "SUCCESS")
            return
        request_id = event["RequestId"]
        if self._is_beyond_help(event):
            return
        try:
            begun = self.launcher.begin(event)
        except Killed:
            if self.crash_is_failure:
                self._not_begun(event, "Task timed out")
            else:
                self.agenda.after(60, lambda: self.deliver(request))
        except Exception as error:  # the framework reports whatever it is
            self._not_begun(event, str(error))
        else:
            if request_id in self._failed:
                return
            self._begun.add(request_id)
            waiting = _as_sent({**event, **begun})
            self.agenda.after(0, lambda: self._go_on(waiting, ATTEMPTS))

    def _not_begun(self, event: dict[str, Any], reason: str) -> None:
        if event["RequestId"] not in self._begun:
            self._failed.add(event["RequestId"])
            self._fail(event, reason, settled=False)

    def _is_beyond_help(self, event: Mapping[str, Any]) -> bool:
        """Deliveries that are not played, because no handler could do right by them.

        Where one delivery of a request begins and another one fails to, CloudFormation
        goes by whichever answers first, and after a marker no Delete can name what was
        made. Neither order of the two is played, nor both at the same time.

        An Update that is seen for the first time after its own roll-back looks like
        the next deployment; what it makes is removed by the next request.
        """
        request_id = event["RequestId"]
        resource = (event["StackId"], event["LogicalResourceId"])
        if request_id not in self._tried:
            self._tried.add(request_id)
            self._newest[resource] = request_id
        overtaken = self._newest[resource] != request_id
        return request_id in self._failed or (
            event["RequestType"] == "Update"
            and overtaken
            and request_id not in self._begun
        )

    def _go_on(self, event: dict[str, Any], attempts: int) -> None:
        if attempts == 0:
            self._fail(event, TIMED_OUT, settled=False)
            return
        try:
            answer = self.launcher.go_on(_as_sent(event))
        except Killed:
            if self.crash_is_failure:
                self._fail(event, "Task timed out", settled=False)
                return
        except Exception as error:  # the framework reports whatever it is
            self._fail(event, str(error), settled=True)
            return
        else:
            if answer["IsComplete"]:
                self._answer(event, "SUCCESS", data=answer.get("Data", {}))
                return
            if answer.get("Data"):
                raise AssertionError("Data is not allowed before the end")
        self.agenda.after(INTERVAL, lambda: self._go_on(event, attempts - 1))

    def _fail(self, event: dict[str, Any], reason: str, *, settled: bool) -> None:
        if not event.get("PhysicalResourceId") and event["RequestType"] == "Create":
            event["PhysicalResourceId"] = MARKER
        self._answer(event, "FAILED", reason=reason, settled=settled)

    def _answer(
        self,
        event: Mapping[str, Any],
        status: str,
        *,
        data: Mapping[str, str] | None = None,
        reason: str = "",
        settled: bool = True,
    ) -> None:
        body = {
            "Status": status,
            "Reason": f"Error: {reason}{_TRACE}" if reason else status,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "PhysicalResourceId": event["PhysicalResourceId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "Data": data,
        }
        self.replies.append(
            Reply(
                request_id=event["RequestId"],
                status=status,
                name=event["PhysicalResourceId"],
                data=data or {},
                reason=reason,
                size=len(json.dumps(body, ensure_ascii=False).encode()),
                settled=settled,
                at=self.agenda.seconds,
            )
        )


def _as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that has been JSON on its way."""
    sent: dict[str, Any] = json.loads(json.dumps(event))
    return sent
