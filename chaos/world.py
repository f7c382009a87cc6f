"""Everything around the launcher, put together, and a history played in it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import product
from typing import Any

from botocore.exceptions import ClientError

from private_transform.handlers.dispatch import Dispatch
from private_transform.handlers.runs import Runs
from private_transform.handlers.state_change import StateChanges

from .agenda import Agenda
from .bus import Bus
from .cloudformation import Stack, job_properties
from .executions import Executions
from .faults import Weather
from .framework import Framework
from .history import (
    Act,
    Deploy,
    Execute,
    History,
    Remove,
    StartByHand,
    Template,
    Wait,
)
from .keyless import Keyless
from .log_groups import LogGroups
from .metrics import Metrics
from .role import Role
from .sagemaker import SageMaker
from .storage import Storage
from .topic import Topic

CONTROL = "control"
FUNCTION_SECONDS = 120
"""How long Lambda lets the function of runs work."""
DAY = 24 * 60 * 60
ARTIFACTS = 4
"""How many different artifacts lie in the models bucket."""
PREFIXES = ("photos-0", "photos-1")
"""Where input objects lie in the inputs bucket."""
PHOTOGRAPHS = ("a.jpg", "b.jpg", "c.jpg")


class World:
    """One world.

    Args:
        history: What will go wrong in it; its acts are played by `play`.

    Attributes:
        agenda: The time.
        weather: The faults.
        sagemaker: SageMaker, without faults.
        storage: S3, without faults.
        topic: SNS, without faults.
        log_groups: CloudWatch Logs, without faults.
        metrics: CloudWatch, without faults.
        framework: The provider framework.
        stack: The stack.
        executions: Step Functions.
        lines: What the launcher logged.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.agenda = Agenda()
        self.weather = Weather(history.fates, self.agenda)
        self.storage, self.topic = Storage(self.agenda.now), Topic()
        self.log_groups, self.metrics = LogGroups(), Metrics()
        self.lines: list[str] = []
        self._upload()
        self.bus = Bus(
            agenda=self.agenda,
            handler=self._state_changes,
            delays=history.announcements,
        )
        self.role = Role(agenda=self.agenda, delays=history.unknown_roles)
        self.sagemaker = SageMaker(
            agenda=self.agenda,
            outcomes=history.outcomes,
            unseen=history.unseen,
            storage=self.storage,
            models_know_role=self.role.is_known_to_models,
            jobs_know_role=self.role.is_known_to_jobs,
            announce=self.bus.announce,
        )
        self.framework = Framework(
            launcher=Dispatch(
                sagemaker=partial(self.weather.exposed, self.sagemaker),
                s3=partial(self.weather.exposed, Keyless(self.storage)),
                logs=partial(self.weather.exposed, self.log_groups),
                bucket=CONTROL,
                now=self.agenda.now,
                log=self.lines.append,
            ),
            agenda=self.agenda,
            crash_is_failure=history.crash_is_failure,
        )
        self.stack = Stack(
            framework=self.framework,
            agenda=self.agenda,
            send=self._send,
            make_role=self.role.make,
            adopts=history.adopts,
            remembers=history.remembers,
        )
        self.executions = Executions(
            agenda=self.agenda,
            function=self._runs,
            tell=self.bus.tell,
            items=lambda key: json.loads(self.storage.objects[CONTROL, key]),
        )
        self._by_hand = 0

    def play(self) -> None:
        """Do what people do in this history."""
        for act in self.history.acts:
            self.do(act)

    def do(self, act: Act) -> bool:
        """Do one thing; whether it succeeded."""
        match act:
            case Deploy():
                return self.stack.deploy(act)
            case Remove():
                return self.stack.remove()
            case StartByHand():
                self._start_by_hand()
            case Execute():
                self._execute(act)
            case Wait(minutes=minutes):
                self.agenda.run(minutes * 60)
        return True

    def _upload(self) -> None:
        """Put artifacts and inputs there, a day before anything happens."""
        self.agenda.seconds = -DAY
        for number in range(ARTIFACTS):
            self.storage.put_object(
                Bucket="models", Key=f"faces/{number}.tar.gz", Body=b""
            )
        for prefix, name in product(PREFIXES, PHOTOGRAPHS):
            self.storage.put_object(
                Bucket="inputs", Key=f"{prefix}/{name}", Body=name.encode()
            )
        self.agenda.seconds = 0

    def _start_by_hand(self) -> None:
        model = self.stack.held.get("Model")
        if model is None:
            return
        self._by_hand += 1
        name = f"by-hand-{self._by_hand}"
        # What SageMaker refuses, a person does not start.
        with suppress(ClientError):
            self.sagemaker.create_transform_job(**job_by_hand(name, model.name))

    def _execute(self, act: Execute) -> None:
        model = self.stack.held.get("Model")
        if model is None or "Digest" not in model.data:
            return
        runs = {"Overlap": act.overlap, "Select": "all", "Ready": "", "OnEmpty": "skip"}
        order = job_properties(self.stack.template or Template(), model)
        execution = self.executions.start(
            {**order, "Runs": runs, "TimeZone": "UTC"},
            {} if act.due is None else {"scheduled": f"2030-01-01T{act.due:02}:00:00Z"},
        )
        if act.stopped_after is not None:
            self.agenda.after(
                act.stopped_after, lambda: self.executions.stop(execution)
            )

    def _send(self, number: int, event: Mapping[str, Any]) -> None:
        for delay in (0, *self.history.duplicates.get(number, ())):
            self.agenda.after(delay, lambda: self.framework.deliver(event))

    def _runs(self) -> Runs:
        return Runs(
            sagemaker=self.weather.exposed(self.sagemaker, FUNCTION_SECONDS),
            s3=self.weather.exposed(self.storage, FUNCTION_SECONDS),
            bucket=CONTROL,
            now=self.agenda.now,
        )

    def _state_changes(self) -> StateChanges:
        return StateChanges(
            sagemaker=self.weather.exposed(self.sagemaker),
            s3=self.weather.exposed(self.storage),
            sns=self.weather.exposed(self.topic),
            cloudwatch=self.weather.exposed(self.metrics),
            bucket=CONTROL,
            topic="arn:aws:sns:us-east-1:123456789012:topic",
            environment="dev",
            now=self.agenda.now,
        )


def job_by_hand(name: str, model: str) -> dict[str, Any]:
    """CreateTransformJob, as a person asks for it."""
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": f"s3://inputs/{PREFIXES[0]}/",
                }
            }
        },
        "TransformOutput": {"S3OutputPath": f"s3://outputs/{name}/"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
