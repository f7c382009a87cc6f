"""Runs of state machines that are deployed: who begins them, and who ends them."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rehearsal.company import Company
from tests.deployed.made import jobs
from tests.deployed.place import Place, like_echo
from tests.deployed.test_runs import SCHEMA
from tests.rehearsal.waiting import wait_until

pytestmark = pytest.mark.slow

DUE = datetime(2030, 1, 15, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def deployed(trial: Place) -> Callable[..., "Machine"]:
    """Deploy a transform with runs, which no deployment runs."""

    def deploy(name: str, runs: Mapping[str, Any], **changes: Any) -> Machine:
        body = like_echo(name, on_deploy="none", runs=runs, **changes)
        done = trial.deploy("trial", name, body)
        assert done.code == 0, done.output
        return Machine(trial, name)

    return deploy


class Machine:
    """The state machine of one transform."""

    def __init__(self, place: Place, transform: str) -> None:
        self.place, self.transform = place, transform
        self.company: Company = place.company("trial")
        self.arn = self.company.outputs(transform)["StateMachine"]
        self.states = self.company.client("stepfunctions")

    def start(self, **asked: Any) -> str:
        begun = self.states.start_execution(
            stateMachineArn=self.arn, input=json.dumps(asked)
        )
        return str(begun["executionArn"])

    def fire(self) -> None:
        found = self.company.client("cloudformation").describe_stack_resources(
            StackName=f"trial-{self.transform}"
        )["StackResources"]
        (name,) = (
            each["PhysicalResourceId"]
            for each in found
            if each["ResourceType"] == "AWS::Scheduler::Schedule"
        )
        self.place.aws.fire(name, DUE)

    def executions(self) -> list[str]:
        found = self.states.list_executions(stateMachineArn=self.arn)["executions"]
        return [each["executionArn"] for each in found]

    def ended(self, execution: str) -> dict[str, Any]:
        """An execution that has ended."""

        def over() -> bool:
            found = self.states.describe_execution(executionArn=execution)
            return bool(found["status"] != "RUNNING")

        wait_until(over, seconds=60)
        found: dict[str, Any] = self.states.describe_execution(executionArn=execution)
        return found

    def jobs(self) -> dict[str, str]:
        return jobs(self.place, "trial", self.transform)

    def evidence(self, execution: str) -> dict[str, Any]:
        """What is left of an execution's run, once it is there."""
        s3 = self.company.client("s3")
        bucket = self.company.outputs("foundation")["ControlBucket"]
        prefix = f"evidence/trial-{self.transform}-"
        found: list[dict[str, Any]] = []

        def written() -> bool:
            listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
            for each in listed.get("Contents", []):
                content = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"]
                left = json.load(content)
                if left["launch"]["launched_by"]["execution"] == execution:
                    found.append(left)
            return bool(found)

        wait_until(written, seconds=60)
        Draft202012Validator(SCHEMA).validate(found[0])
        return found[0]


Deployed = Callable[..., Machine]


def test_a_person_who_may_start_it_begins_a_run(deployed: Deployed) -> None:
    machine = deployed("byhand", {})

    execution = machine.start(run_date="2030-01-31")

    answer = json.loads(machine.ended(execution)["output"])
    assert answer["State"] == "succeeded"
    left = machine.evidence(execution)
    assert (left["result"], left["inputs"], left["outputs"]) == ("succeeded", 2, 2)
    assert left["name"] == answer["Job"]
    path = left["job"]["TransformOutput"]["S3OutputPath"]
    assert path.endswith(f"byhand/date=2030-01-31/job={answer['Job']}/")


def test_a_schedule_that_fires_twice_makes_one_run(deployed: Deployed) -> None:
    schedule = {"expression": "cron(30 3 * * ? *)", "time_zone": "Europe/Berlin"}
    machine = deployed("twice", {"schedule": schedule})

    machine.fire()
    machine.fire()
    wait_until(lambda: len(machine.executions()) == 2, seconds=20)
    states = [
        json.loads(machine.ended(each)["output"])["State"]
        for each in machine.executions()
    ]

    assert sorted(states) == ["skipped", "succeeded"]
    assert list(machine.jobs().values()) == ["Completed"]


def test_who_stops_an_execution_stops_its_job(
    deployed: Deployed, tmp_path: Path
) -> None:
    machine = deployed("stopped", {}, environment={"UNTIL": str(tmp_path / "never")})
    execution = machine.start()
    wait_until(lambda: "InProgress" in machine.jobs().values(), seconds=30)

    machine.states.stop_execution(executionArn=execution)

    wait_until(lambda: list(machine.jobs().values()) == ["Stopped"], seconds=60)
    assert machine.evidence(execution)["result"] == "stopped"


@pytest.mark.parametrize(
    ("overlap", "state", "count"), [("skip", "skipped", 1), ("queue", "succeeded", 2)]
)
def test_one_run_goes_on_at_a_time(
    deployed: Deployed, tmp_path: Path, overlap: str, state: str, count: int
) -> None:
    end = tmp_path / "end"
    name = f"overlap-{overlap}"
    machine = deployed(name, {"overlap": overlap}, environment={"UNTIL": str(end)})
    first = machine.start()
    wait_until(lambda: "InProgress" in machine.jobs().values(), seconds=30)

    second = machine.start()
    if overlap == "skip":
        machine.ended(second)
    assert len(machine.jobs()) == 1
    end.touch()

    assert json.loads(machine.ended(first)["output"])["State"] == "succeeded"
    assert json.loads(machine.ended(second)["output"])["State"] == state
    assert list(machine.jobs().values()) == ["Completed"] * count


def test_only_what_is_new_is_run_and_an_empty_run_is_told(deployed: Deployed) -> None:
    machine = deployed("fresh", {"select": "new"})
    first, second = machine.start(), ""
    assert json.loads(machine.ended(first)["output"])["State"] == "succeeded"

    second = machine.start()

    assert json.loads(machine.ended(second)["output"])["State"] == "skipped"
    left = machine.evidence(second)
    assert (left["result"], left["job"]) == ("skipped", None)
    assert "There is no new object below" in left["summary"]


def test_an_input_that_is_not_understood_fails_in_words(deployed: Deployed) -> None:
    machine = deployed("unclear", {})

    execution = machine.start(day="today")

    ended = machine.ended(execution)
    assert ended["status"] == "FAILED"
    assert ended["cause"].startswith("An execution's input is {}, or ")
    assert machine.evidence(execution)["result"] == "failed"
