"""The execution role: a stack makes one, and SageMaker hears of it later.

CreateTransformJob hears of it later than CreateModel, or it would never have to wait:
there is no job without a model (AWS: Troubleshoot IAM, "Changes that I make are not
always immediately visible").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .agenda import Agenda


@dataclass(slots=True, kw_only=True)
class Role:
    """The role of the newest stack.

    Args:
        agenda: The time.
        delays: Seconds until CreateModel knows a role, by the number of its stack;
            twice as many until CreateTransformJob does.

    Attributes:
        number: How many there were.
        made: When it was made, in seconds of simulated time.
        delay: How many seconds it takes.
    """

    agenda: Agenda
    delays: Mapping[int, int] = field(default_factory=dict)
    number: int = 0
    made: float = 0
    delay: int = 0

    def make(self) -> None:
        """Make the role of a new stack."""
        self.made = self.agenda.seconds
        self.delay = self.delays.get(self.number, 0)
        self.number += 1

    def is_known_to_models(self) -> bool:
        """Whether CreateModel may use it."""
        return self.agenda.seconds >= self.made + self.delay

    def is_known_to_jobs(self) -> bool:
        """Whether CreateTransformJob may use it."""
        return self.agenda.seconds >= self.made + 2 * self.delay
