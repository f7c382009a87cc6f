"""One execution of a transform's state machine: what it is to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from .asked import Asked
from .moment import Moment
from .names import Names, digest
from .order import Order


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one execution is to run.

    Args:
        environment: The environment's name.
        transform: The transform's name.
        order: What to run.
        settings: How: `Overlap` (skip | queue), `Select` (all | new), `Ready` (a name,
            or nothing), `OnEmpty` (skip | fail) and `Shards` (the key of a list below
            `shards/TRANSFORM/`, with places for a day and an hour, or nothing).
        execution: ARN of the execution.
        began: When it began.
        asked: What its input asks for.
        moment: The day and hour that it is for.
        root: The first job of which it is a repetition; empty if it is none.
    """

    environment: str
    transform: str
    order: Order
    settings: Mapping[str, str]
    execution: str
    began: datetime
    asked: Asked
    moment: Moment
    root: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Run":
        """Read what the state machine passes on.

        Raises:
            LauncherError: A person's input asks for what is not understood.
        """
        execution, properties = event["Execution"], event["Order"]
        order, asked = Order(properties), Asked.of(execution["Input"])
        began = datetime.fromisoformat(execution["StartTime"])
        return cls(
            environment=properties["Environment"],
            transform=properties["Transform"],
            order=order,
            settings=properties["Runs"],
            execution=execution["Id"],
            began=began,
            asked=asked,
            moment=asked.run_moment(began, order.time_zone),
        )

    @property
    def identity(self) -> str:
        """What it has in common with executions that would make the same run."""
        return self.asked.identity(self.execution)

    @cached_property
    def name(self) -> str:
        """What its job is called: the same, however often it is asked for.

        Never what a deployment calls one, which runs nothing that ran already.
        """
        names = Names(environment=self.environment, transform=self.transform)
        of_runs = {"execution": "", "job": self.order.substance}
        return names.name(digest(of_runs), self.identity)

    @property
    def turn(self) -> str:
        """Of what only one run goes on.

        The transform, or what was asked for: days that are made up for, uploads and
        repetitions are apart from each other.
        """
        apart = self.asked.apart
        return f"{self.transform}/{apart}" if apart else self.transform

    @property
    def day(self) -> str:
        """Its day, and its hour where the inputs of each hour lie apart."""
        day = self.moment.date.isoformat()
        hourly = self.order.is_hourly or "{run_hour}" in self.settings.get("Shards", "")
        return f"{day}T{self.moment.hour:02}" if hourly else day

    @property
    def lists_inputs(self) -> bool:
        """Whether a manifest of its own names its inputs."""
        if self.asked.arrival is not None or self.asked.shard is not None:
            return True
        return self.settings["Select"] == "new" or bool(self.settings["Ready"])

    @property
    def is_in_shards(self) -> bool:
        """Whether it is over many lists at once, and makes no job of its own."""
        asked = self.asked
        one = asked.arrival or asked.redo or asked.shard
        return asked.again is not None or (
            bool(self.settings.get("Shards")) and not one
        )

    @property
    def launch(self) -> dict[str, Any]:
        """Who asks and why, for the evidence."""
        by = self.asked.by(self.execution)
        launch = self.order.launch(self.asked.origin, by, self.moment)
        return {**launch, "root": self.root} if self.root else launch

    def waited_longer_than(self, limit: timedelta, now: datetime) -> bool:
        """Whether it began more than `limit` ago."""
        return now - self.began > limit
