"""Everything around the launcher, put together, and a history played in it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from private_transform.handlers.dispatch import Dispatch
from private_transform.handlers.state_change import StateChanges

from .agenda import Agenda
from .bus import Bus
from .cloudformation import Stack
from .faults import Weather
from .framework import Framework
from .history import Act, Deploy, History, Remove, StartByHand, Wait
from .log_groups import LogGroups
from .sagemaker import SageMaker
from .storage import Storage
from .topic import Topic

CONTROL = "control"
ARTIFACTS = 4
"""How many different artifacts lie in the models bucket."""


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
        framework: The provider framework.
        stack: The stack.
        lines: What the launcher logged.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.agenda = Agenda()
        self.weather = Weather(history.fates, self.agenda)
        self.storage, self.topic = Storage(), Topic()
        self.log_groups = LogGroups()
        self.lines: list[str] = []
        for number in range(ARTIFACTS):
            self.storage.put_object(
                Bucket="models", Key=f"faces/{number}.tar.gz", Body=b""
            )
        self.bus = Bus(
            agenda=self.agenda,
            handler=self._state_changes,
            delays=history.announcements,
        )
        self.sagemaker = SageMaker(
            agenda=self.agenda,
            outcomes=history.outcomes,
            announce=self.bus.announce,
        )
        self.framework = Framework(
            launcher=Dispatch(
                sagemaker=partial(self.weather.exposed, self.sagemaker),
                s3=partial(self.weather.exposed, self.storage),
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
            adopts=history.adopts,
            remembers=history.remembers,
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
            case Wait(minutes=minutes):
                self.agenda.run(minutes * 60)
        return True

    def _start_by_hand(self) -> None:
        model = self.stack.held.get("Model")
        if model is not None and model.name in self.sagemaker.models:
            self._by_hand += 1
            self.sagemaker.create_transform_job(
                TransformJobName=f"by-hand-{self._by_hand}", ModelName=model.name
            )

    def _send(self, number: int, event: Mapping[str, Any]) -> None:
        for delay in (0, *self.history.duplicates.get(number, ())):
            self.agenda.after(delay, lambda: self.framework.deliver(event))

    def _state_changes(self) -> StateChanges:
        return StateChanges(
            sagemaker=self.weather.exposed(self.sagemaker),
            s3=self.weather.exposed(self.storage),
            sns=self.weather.exposed(self.topic),
            bucket=CONTROL,
            topic="arn:aws:sns:us-east-1:123456789012:topic",
            environment="dev",
        )
