"""Runs that no deployment makes: by schedule, by upload, by hand, and once more."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import RunRow
from rehearsal.steps import StepError

BROKEN = "broken.jpg"
_SECONDS = 120
_FIRST_NIGHT = datetime(2030, 1, 15, 2, 30, tzinfo=UTC)
"""Half past three in Berlin, as the schedule says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """What happens to one transform in some nights and between them.

    Args:
        company: Who does it.
        transform: The transform.
    """

    company: Company
    transform: Transform

    def pass_by(self) -> Iterator[RunRow]:
        """Let them pass; one row for each run, as its evidence tells of it."""
        name = self.transform.name
        yield self._row(f"{name}, by schedule", "Completed", self._night(0))
        self._put_half_a_photograph()
        failed = self._row(
            f"{name}, by schedule, with a broken photograph", "Failed", self._night(1)
        )
        yield failed
        self._mend()
        yield self._row(
            f"{name}, what failed once more", "Completed", self._redo(failed)
        )
        yield self._row(f"{name}, over an upload", "Completed", self._arrival())
        yield self._row(f"{name}, by hand", "Completed", self._by_hand())
        self._move_the_model()
        yield self._row(
            f"{name}, by schedule, with a model elsewhere", "Refused", self._night(2)
        )

    def _night(self, number: int) -> str:
        due = _FIRST_NIGHT + timedelta(days=number)
        schedule = self._resource("AWS::Scheduler::Schedule")
        return self._begun_by(lambda: self.company.aws.fire(schedule, due))

    def _redo(self, failed: RunRow) -> str:
        return self._start({"redo": failed.job})

    def _by_hand(self) -> str:
        return self._start({"run_date": "2030-01-01"})

    def _arrival(self) -> str:
        """Two photographs, named by somebody who may not look at them."""
        foundation = self.company.outputs("foundation")
        inputs = f"s3://{foundation['InputsBucket']}/{self._prefix}"
        names = sorted(self._photographs())[:2]
        manifest = json.dumps([{"prefix": inputs}, *names])
        return self._begun_by(
            lambda: self._uploader.put_object(
                Bucket=foundation["ControlBucket"],
                Key=f"arrivals/{self.transform.name}/two.json",
                Body=manifest.encode(),
            )
        )

    def _put_half_a_photograph(self) -> None:
        self._put(b"\xff\xd8\xff\xe0 half a photograph")

    def _mend(self) -> None:
        """Put a whole photograph in its place."""
        foundation = self.company.outputs("foundation")
        people = self.company.environment.people
        glass = self.company.client("s3", role=people.break_glass[0].role)
        whole = glass.get_object(
            Bucket=foundation["InputsBucket"],
            Key=f"{self._prefix}{sorted(self._photographs())[0]}",
        )
        self._put(whole["Body"].read())

    def _put(self, body: bytes) -> None:
        self._uploader.put_object(
            Bucket=self.company.outputs("foundation")["InputsBucket"],
            Key=f"{self._prefix}{BROKEN}",
            Body=body,
        )

    def _move_the_model(self) -> None:
        """Make the model anew under its name, in no network.

        Without its artifact, which nothing outside the network can read.
        """
        sagemaker = self.company.client("sagemaker")
        (summary,) = sagemaker.list_models(
            NameContains=self.company.environment.stack_name(self.transform.name)
        )["Models"]
        model = sagemaker.describe_model(ModelName=summary["ModelName"])
        tags = sagemaker.list_tags(ResourceArn=summary["ModelArn"])["Tags"]
        sagemaker.delete_model(ModelName=model["ModelName"])
        sagemaker.create_model(
            ModelName=model["ModelName"],
            PrimaryContainer={"Image": model["PrimaryContainer"]["Image"]},
            ExecutionRoleArn=model["ExecutionRoleArn"],
            Tags=tags,
        )

    def _start(self, given: dict[str, Any]) -> str:
        started = self.company.client("stepfunctions").start_execution(
            stateMachineArn=self._machine, input=json.dumps(given)
        )
        return str(started["executionArn"])

    def _begun_by(self, act: Callable[[], object]) -> str:
        """ARN of the execution that something begins."""
        before = self._executions()
        act()
        begun = _waited_for(
            lambda: sorted(self._executions() - before), "no execution has begun"
        )
        return str(begun[0])

    def _executions(self) -> set[str]:
        pages = self.company.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self._machine)
        return set(found.search("executions[].executionArn"))

    def _row(self, name: str, expected: str, execution: str) -> RunRow:
        """A run that came to its end, by its evidence."""
        found = _waited_for(
            lambda: self._evidence(execution), f"{execution} left no evidence"
        )
        job = found["job"] or {}
        refused = found["result"] == "failed" and not job
        times = [job.get(each) for each in ("CreationTime", "TransformEndTime")]
        began, ended = (
            datetime.fromisoformat(each) if each else None for each in times
        )
        return RunRow(
            name=name,
            job=job.get("TransformJobName"),
            status="Refused" if refused else job["TransformJobStatus"],
            expected=expected,
            inputs=found["inputs"] or 0,
            outputs=found["outputs"] or 0,
            failed_inputs=tuple(
                key.removeprefix(self._prefix) for key in found["failed_inputs"] or ()
            ),
            seconds=(ended - began).total_seconds() if began and ended else 0.0,
            failure_reason=job.get("FailureReason") or found["summary"] or None,
        )

    def _evidence(self, execution: str) -> dict[str, Any] | None:
        people = self.company.environment.people
        glass = self.company.client("s3", role=people.break_glass[0].role)
        bucket = self.company.outputs("foundation")["ControlBucket"]
        listed = glass.list_objects_v2(Bucket=bucket, Prefix="evidence/")
        for each in listed.get("Contents", []):
            content = glass.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            found: dict[str, Any] = json.loads(content)
            if found["launch"].get("launched_by", {}).get("execution") == execution:
                return found
        return None

    def _photographs(self) -> set[str]:
        listed = self._uploader.list_objects_v2(
            Bucket=self.company.outputs("foundation")["InputsBucket"],
            Prefix=self._prefix,
        )["Contents"]
        return {each["Key"].removeprefix(self._prefix) for each in listed} - {BROKEN}

    def _resource(self, kind: str) -> str:
        """The physical id of the transform's only resource of a type."""
        name = self.company.environment.stack_name(self.transform.name)
        found = self.company.client("cloudformation").describe_stack_resources(
            StackName=name
        )["StackResources"]
        (physical_id,) = (
            each["PhysicalResourceId"] for each in found if each["ResourceType"] == kind
        )
        return str(physical_id)

    @property
    def _machine(self) -> str:
        return self.company.outputs(self.transform.name)["StateMachine"]

    @property
    def _prefix(self) -> str:
        return self.transform.transform_input.data_source.s3_data_source.prefix

    @property
    def _uploader(self) -> Any:
        people = self.company.environment.people
        return self.company.client("s3", role=people.uploaders[0].role)


def _waited_for(look: Callable[[], Any], otherwise: str) -> Any:
    """What is seen once there is something.

    Raises:
        StepError: There is nothing for too long.
    """
    deadline = time.monotonic() + _SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise StepError(f"{otherwise} after {_SECONDS} seconds")
        time.sleep(0.5)
    return found
