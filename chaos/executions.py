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
class _MapRun:
    """The shards of one execution.

    Args:
        waiting: Inputs of those that have not begun.
        running: ARNs of those that have.
    """

    waiting: list[Any]
    running: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Executions:
    """Starts executions and goes on with them.

    Args:
        agenda: The time.
        function: Makes the launcher's function for one call.
        tell: Takes the event of each end.
        items: Reads what a run's shards are, by the key of it.

    Attributes:
        ended: The last answer of each that came to its end, by its ARN.
        asked: The input of each, by its ARN.
        going: The event that each of the others passes on, by its ARN.
        started: How many there were.
        at_once: How many shards of one run go on at the same time.
        most: How many of them did.
    """

    agenda: Agenda
    function: Callable[[], Runs]
    tell: Callable[[Mapping[str, Any]], None]
    items: Callable[[str], list[Any]]
    ended: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    going: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    started: int = 0
    at_once: int = 2
    most: int = 0
    _map_runs: dict[str, _MapRun] = field(default_factory=dict)

    def start(self, order: Mapping[str, Any], asked: Any) -> str:
        """Start one; its ARN."""
        self.started += 1
        return self._begin(f"dev-faces:{self.started}", order, asked)

    def _begin(self, name: str, order: Mapping[str, Any], asked: Any) -> str:
        arn = f"{_HERE}:execution:{name}"
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
            shards = self._map_runs.pop(arn, None)
            for each in shards.running if shards else ():
                # Nobody says whether this is told: it has to be right if it is not.
                self.going.pop(each, None)

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
        if answer["State"] == "sharded":
            self._map_runs[arn] = _MapRun(waiting=self.items(answer["Shards"]))
            self._go_on_with_shards(arn)
        elif answer["State"] in GOES_ON:
            self.agenda.after(answer["Seconds"], partial(self._call, arn))
        else:
            self.ended[arn] = answer
            self._end(self.going.pop(arn), _STATUSES.get(answer["State"], "FAILED"))
            for parent, shards in list(self._map_runs.items()):
                if arn in shards.running:
                    shards.running.discard(arn)
                    self._go_on_with_shards(parent)

    def _go_on_with_shards(self, arn: str) -> None:
        """AWS: Using Map state in Distributed mode."""
        shards, event = self._map_runs[arn], self.going[arn]
        while shards.waiting and len(shards.running) < self.at_once:
            self.started += 1
            item = {"Order": event["Order"], "shard": shards.waiting.pop(0)}
            name = f"dev-faces/Shards:{self.started}"
            shards.running.add(self._begin(name, event["Order"], item))
        self.most = max(self.most, len(shards.running))
        if not shards.running:
            del self._map_runs[arn]
            self.going[arn] = {**event, "ShardsEnded": True}
            self.agenda.after(0, partial(self._call, arn))

    def _end(self, event: Mapping[str, Any], status: str) -> None:
        execution = event["Execution"]
        machine = execution["Id"].split(":")[6]
        detail = {
            "executionArn": execution["Id"],
            "stateMachineArn": f"{_HERE}:stateMachine:{machine}",
            "status": status,
            "input": json.dumps(execution["Input"]),
            "stopDate": int(self.agenda.now().timestamp() * 1000),
        }
        self.tell({"source": "aws.states", "detail": detail})
