"""EventBridge: changes of jobs and ends of executions, at least once and late."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from private_transform.handlers.state_change import StateChanges

from .agenda import Agenda
from .faults import Killed
from .sagemaker import Job, described

AGAIN = 60
"""Seconds until a delivery that failed is tried again."""

TRIES = 1000
"""How often, until the event is put aside."""


@dataclass(slots=True, kw_only=True)
class Bus:
    """Delivers.

    Args:
        agenda: The time.
        handler: Makes the handler of a delivery.
        delays: Seconds until each delivery of a state change, by its number.

    Attributes:
        number: How many state changes there were.
    """

    agenda: Agenda
    handler: Callable[[], StateChanges]
    delays: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    number: int = 0

    def announce(self, job: Job) -> None:
        """Deliver a job's present status."""
        answer = described(job)
        event = {
            "source": "aws.sagemaker",
            "detail-type": "SageMaker Transform Job State Change",
            "detail": {
                "TransformJobName": job.name,
                "TransformJobStatus": job.status,
                "ModelName": job.request["ModelName"],
                "Environment": answer.get("Environment", {}),
            },
        }
        self.tell(event)

    def tell(self, event: Mapping[str, object]) -> None:
        """Deliver an event."""
        for delay in self.delays.get(self.number, (1,)):
            self.agenda.after(delay, lambda: self._deliver(event, TRIES))
        self.number += 1

    def _deliver(self, event: Mapping[str, object], tries: int) -> None:
        try:
            self.handler().handle(event)
        except (Exception, Killed):
            # Lambda logs the error and is given the event once more.
            if tries > 1:
                self.agenda.after(AGAIN, lambda: self._deliver(event, tries - 1))
