"""Step Functions: executions of a transform's state machine, on simulated time.

A function that fails or is killed is called again after a while, as the state machine
says; the time between two looks is what it answers. The end of each execution is an
event (AWS: Automating Step Functions event delivery with EventBridge).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from private_transform.handlers.runs import GOES_ON, Runs

from .agenda import Agenda
from .faults import Killed

AGAIN = 10
_HERE = "arn:aws:states:us-east-1:123456789012"
_STATUSES = {"succeeded": "SUCCEEDED", "tolerated": "SUCCEEDED", "skipped": "SUCCEEDED"}


@dataclass(slots=True, kw_only=True)
class Executions:
    """Starts executions and goes on with them.

    Args:
        agenda: The time.
        function: Makes the launcher's function for one call.
        tell: Takes the event of each end.

    Attributes:
        ended: The last answer of each that came to its end, by its ARN.
        asked: The input of each, by its ARN.
        going: The event that each of the others passes on, by its ARN.
        started: How many there were.
    """

    agenda: Agenda
    function: Callable[[], Runs]
    tell: Callable[[Mapping[str, Any]], None]
    ended: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    going: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    started: int = 0

    def start(self, order: Mapping[str, Any], asked: Any) -> str:
        """Start one; its ARN."""
        self.started += 1
        arn = f"{_HERE}:execution:dev-faces:{self.started}"
        execution = {
            "Id": arn,
            "StartTime": self.agenda.now().isoformat().replace("+00:00", "Z"),
            "Input": asked,
        }
        self.asked[arn] = asked
        self.going[arn] = {"Execution": execution, "Order": order}
        self.agenda.after(0, partial(self._call, arn))
        return arn

    def stop(self, arn: str, status: str = "ABORTED") -> None:
        """A person stops one, or its time is over; nothing if it has ended."""
        if arn in self.going:
            self._end(self.going.pop(arn), status)

    def _call(self, arn: str) -> None:
        event = self.going.get(arn)
        if event is None:
            return
        try:
            answer = self.function().go_on(event)
        except Killed:
            self.agenda.after(AGAIN, partial(self._call, arn))
            return
        if arn not in self.going:
            return  # It was stopped while the function was at work.
        if answer["State"] in GOES_ON:
            self.agenda.after(answer["Seconds"], partial(self._call, arn))
        else:
            self.ended[arn] = answer
            self._end(self.going.pop(arn), _STATUSES.get(answer["State"], "FAILED"))

    def _end(self, event: Mapping[str, Any], status: str) -> None:
        execution = event["Execution"]
        detail = {
            "executionArn": execution["Id"],
            "stateMachineArn": f"{_HERE}:stateMachine:dev-faces",
            "status": status,
            "input": json.dumps(execution["Input"]),
            "stopDate": int(self.agenda.now().timestamp() * 1000),
        }
        self.tell({"source": "aws.states", "detail": detail})
