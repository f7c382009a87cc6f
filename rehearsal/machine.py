"""A transform's state machine: who starts it, and what its executions leave."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any, TypeVar

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import RunRow
from rehearsal.steps import StepError

_SECONDS = 120

Evidence = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The state machine of one transform.

    Args:
        company: Who deals with it.
        transform: The transform.
    """

    company: Company
    transform: Transform
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def start(self, given: dict[str, Any]) -> str:
        """ARN of an execution that an operator starts."""
        operator = self.company.environment.people.operators[0].role
        started = self.company.client("stepfunctions", role=operator).start_execution(
            stateMachineArn=self._arn, input=json.dumps(given)
        )
        return str(started["executionArn"])

    def begun_by(self, act: Callable[[], object]) -> str:
        """ARN of the execution that something begins."""
        before = self._executions()
        act()
        begun = waited_for(
            lambda: sorted(self._executions() - before), "no execution has begun"
        )
        return begun[0]

    def row(self, name: str, expected: str, execution: str) -> RunRow:
        """A run that came to its end, by its evidence."""
        (found,) = self.evidence(
            lambda by: by.get("execution") == execution,
            otherwise=f"{execution} left no evidence",
        )
        return self.told(name, expected, found)

    def told(
        self, name: str, expected: str, found: Evidence, *, failed: str = "Refused"
    ) -> RunRow:
        """A run, as its evidence tells of it.

        Args:
            name: What to call it.
            expected: The status that it should have.
            found: Its evidence.
            failed: What to call it if it failed without a job of its own.
        """
        without_a_job = {"succeeded": "Completed", "failed": failed}
        job = found["job"] or {}
        times = [job.get(each) for each in ("CreationTime", "TransformEndTime")]
        began, ended = (
            datetime.fromisoformat(each) if each else None for each in times
        )
        return RunRow(
            name=name,
            job=job.get("TransformJobName"),
            status=job.get("TransformJobStatus") or without_a_job[found["result"]],
            expected=expected,
            inputs=found["inputs"] or 0,
            outputs=found["outputs"] or 0,
            failed_inputs=tuple(
                key.removeprefix(self.prefix) for key in found["failed_inputs"] or ()
            ),
            seconds=(ended - began).total_seconds() if began and ended else 0.0,
            failure_reason=job.get("FailureReason") or found["summary"] or None,
        )

    def evidence(
        self, of: Callable[[dict[str, str]], bool], *, otherwise: str, count: int = 1
    ) -> list[Evidence]:
        """The evidence of some runs, once it is there.

        Args:
            of: Chooses them by what started them.
            otherwise: What to say when it does not come.
            count: How many there will be.

        Raises:
            StepError: It does not come.
        """

        def there() -> list[Evidence]:
            found = [
                each
                for each in self._all()
                if of(each["launch"].get("launched_by", {}))
            ]
            return found if len(found) >= count else []

        return waited_for(there, otherwise)

    def photographs(self) -> list[str]:
        """Names of the inputs, below their prefix."""
        listed = self._uploader.list_objects_v2(
            Bucket=self._inputs_bucket, Prefix=self.prefix
        )
        return sorted(
            each["Key"].removeprefix(self.prefix) for each in listed["Contents"]
        )

    def photograph(self, name: str) -> bytes:
        """One of them, which the break-glass role alone may look at."""
        found = self._glass.get_object(
            Bucket=self._inputs_bucket, Key=f"{self.prefix}{name}"
        )
        content: bytes = found["Body"].read()
        return content

    def put_photograph(self, name: str, body: bytes) -> None:
        """Put one as an uploader does."""
        self._uploader.put_object(
            Bucket=self._inputs_bucket, Key=f"{self.prefix}{name}", Body=body
        )

    def put_list(self, key: str, names: list[str], *, of_inputs: bool = True) -> None:
        """Put a list into the control bucket: of inputs, or of such lists."""
        folder = {"prefix": f"s3://{self._inputs_bucket}/{self.prefix}"}
        self._uploader.put_object(
            Bucket=self.company.outputs("foundation")["ControlBucket"],
            Key=key,
            Body=json.dumps([folder, *names] if of_inputs else names).encode(),
        )

    def _all(self) -> list[Evidence]:
        glass, bucket = self._glass, self.company.outputs("foundation")["ControlBucket"]
        listed = glass.list_objects_v2(Bucket=bucket, Prefix="evidence/")
        return [
            json.loads(glass.get_object(Bucket=bucket, Key=each["Key"])["Body"].read())
            for each in listed.get("Contents", [])
        ]

    def _executions(self) -> set[str]:
        pages = self.company.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self._arn)
        return set(found.search("executions[].executionArn"))

    @property
    def _arn(self) -> str:
        return self.company.outputs(self.transform.name)["StateMachine"]

    @property
    def prefix(self) -> str:
        """Where the inputs lie."""
        return self.transform.transform_input.data_source.s3_data_source.prefix

    @property
    def _inputs_bucket(self) -> str:
        return self.company.outputs("foundation")["InputsBucket"]

    @property
    def _glass(self) -> Any:
        """Take the break-glass role once: each time is told."""
        if "glass" not in self._clients:
            people = self.company.environment.people
            self._clients["glass"] = self.company.client(
                "s3", role=people.break_glass[0].role
            )
        return self._clients["glass"]

    @property
    def _uploader(self) -> Any:
        people = self.company.environment.people
        return self.company.client("s3", role=people.uploaders[0].role)


def waited_for(look: Callable[[], T], otherwise: str) -> T:
    """What is seen once there is something.

    Raises:
        StepError: There is nothing for too long.
    """
    deadline = monotonic() + _SECONDS
    while not (found := look()):
        if monotonic() > deadline:
            raise StepError(f"{otherwise} after {_SECONDS} seconds")
        sleep(0.5)
    return found
