"""Make up for days: one run for each day of a range that has none which ended well."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from operate.deployed import Deployed, OperationError

_LOOK_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Starts executions of one transform's state machine, a few at a time.

    The launcher itself sees which days are done, so that two of these at once, and one
    that is begun again, run no day twice.

    Args:
        deployed: The environment.
        transform: The transform's name.
        first: The first day.
        last: The last day, included.
        at_once: How many runs go on at most.
    """

    deployed: Deployed
    transform: str
    first: date
    last: date
    at_once: int

    def run(self) -> None:
        """Start them, wait for their ends, and tell of each.

        Raises:
            OperationError: The transform has no runs, or some of them failed.
        """
        waiting, machine = list(self._moments()), self._machine()
        states = self.deployed.session.client("stepfunctions")
        going: dict[str, str] = {}
        failed: list[str] = []
        print(f"{len(waiting)} runs of {self.transform}, {self.at_once} at once.")
        while waiting or going:
            while waiting and len(going) < self.at_once:
                moment = waiting.pop(0)
                begun = states.start_execution(
                    stateMachineArn=machine,
                    input=json.dumps({**moment, "if_missing": True}),
                )
                going[begun["executionArn"]] = " ".join(moment.values())
            for execution in list(going):
                found = states.describe_execution(executionArn=execution)
                if found["status"] == "RUNNING":
                    continue
                name, (good, words) = going.pop(execution), _told(found)
                print(f"{name}: {words}", flush=True)
                if not good:
                    failed.append(name)
            if going:
                time.sleep(_LOOK_SECONDS)
        if failed:
            raise OperationError(
                f"{len(failed)} of these runs failed: {', '.join(failed)}. Mend what "
                "their notes say and run the same command again: it starts no day that "
                "is done"
            )

    def _machine(self) -> str:
        outputs = self.deployed.outputs(self.transform)
        if "StateMachine" not in outputs:
            raise OperationError(
                f"{self.transform} has no runs but those of deployments: write `runs:` "
                "in its file and deploy it"
            )
        return outputs["StateMachine"]

    def _moments(self) -> Iterator[dict[str, str]]:
        """Each day; each hour of it where the inputs lie by hour."""
        if self.last < self.first:
            raise OperationError(
                f"{self.last}, the last day, is before {self.first}, the first"
            )
        hours = [f"{hour:02}" for hour in range(24)] if self._is_hourly() else [None]
        for number in range((self.last - self.first).days + 1):
            day = (self.first + timedelta(days=number)).isoformat()
            for hour in hours:
                yield {"run_date": day, **({"run_hour": hour} if hour else {})}

    def _is_hourly(self) -> bool:
        for each in self.deployed.environment.transforms:
            if each.name == self.transform:
                source = each.transform_input.data_source.s3_data_source
                shards = each.runs.shards if each.runs else None
                by_hour = (source.s3_uri, shards.manifest if shards else "")
                return any("{run_hour}" in pattern for pattern in by_hour)
        known = ", ".join(each.name for each in self.deployed.environment.transforms)
        raise OperationError(
            f"{self.deployed.environment.name} has no transform {self.transform}; it "
            f"has {known or 'none'}"
        )


def _told(execution: dict[str, Any]) -> tuple[bool, str]:
    """Whether an execution ended well, and what to say of it."""
    if execution["status"] == "SUCCEEDED":
        answer = json.loads(execution["output"])
        words = f"{answer['State']}. {answer['Job']} {answer['Note']}"
        return True, " ".join(words.split())
    words = f"{execution['status'].lower()}. {execution.get('cause') or ''}"
    return False, " ".join(words.split())
