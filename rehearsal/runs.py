"""Runs that no deployment makes: by schedule, by upload, by hand, and once more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from dateutil import tz

from private_transform.handlers.names import transform_of
from rehearsal.machine import Machine
from rehearsal.report import RunRow

BROKEN = "broken.jpg"
HALF_A_PHOTOGRAPH = b"\xff\xd8\xff\xe0 half a photograph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights(Machine):
    """What happens to one transform in some nights and between them."""

    def pass_by(self) -> Iterator[RunRow]:
        """Let them pass; one row for each run, as its evidence tells of it."""
        name = self.transform.name
        yield self.row(f"{name}, by schedule", "Completed", self._night(0))
        self.put_photograph(BROKEN, HALF_A_PHOTOGRAPH)
        failed = self.row(
            f"{name}, by schedule, with a broken photograph", "Failed", self._night(1)
        )
        yield failed
        self.put_photograph(BROKEN, self.photograph(self.photographs()[0]))
        again = self.start({"redo": failed.job})
        yield self.row(f"{name}, what failed once more", "Completed", again)
        yield self.row(f"{name}, over an upload", "Completed", self._arrival())
        yield self.row(f"{name}, by hand", "Completed", self._by_hand())
        self._move_the_model()
        yield self.row(
            f"{name}, by schedule, with a model elsewhere", "Refused", self._night(2)
        )

    def _night(self, number: int) -> str:
        """Half past three in Berlin, as the schedule says: tomorrow and so on."""
        there = tz.gettz("Europe/Berlin")
        today = datetime.now(there).date()
        due = datetime.combine(today + timedelta(days=1 + number), time(3, 30), there)
        schedule = self._resource("AWS::Scheduler::Schedule")
        return self.begun_by(lambda: self.company.aws.fire(schedule, due))

    def _by_hand(self) -> str:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        return self.start({"run_date": yesterday.isoformat()})

    def _arrival(self) -> str:
        """Two photographs, named by somebody who may not look at them."""
        key = f"arrivals/{self.transform.name}/two.json"
        return self.begun_by(lambda: self.put_list(key, self.photographs()[:2]))

    def _move_the_model(self) -> None:
        """Make the model anew under its name, in no network.

        Without its artifact, which nothing outside the network can read.
        """
        sagemaker = self.company.client("sagemaker")
        environment, transform = self.company.environment, self.transform.name
        (summary,) = (
            each
            for each in sagemaker.list_models(
                NameContains=environment.stack_name(transform)
            )["Models"]
            if transform_of(each["ModelName"], environment.name) == transform
        )
        model = sagemaker.describe_model(ModelName=summary["ModelName"])
        tags = sagemaker.list_tags(ResourceArn=summary["ModelArn"])["Tags"]
        sagemaker.delete_model(ModelName=model["ModelName"])
        sagemaker.create_model(
            ModelName=model["ModelName"],
            PrimaryContainer={"Image": model["PrimaryContainer"]["Image"]},
            ExecutionRoleArn=model["ExecutionRoleArn"],
            Tags=tags,
        )

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
