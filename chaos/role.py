"""The execution role: a stack makes one, and SageMaker hears of it later.

Source: AWS: Troubleshoot IAM, "Changes that I make are not always immediately visible".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .agenda import Agenda


@dataclass(slots=True, kw_only=True)
class Role:
    """The role of the newest stack.

    Args:
        agenda: The time.
        delays: Seconds until SageMaker knows a role, by the number of its stack.

    Attributes:
        number: How many there were.
        known_from: Seconds of simulated time.
    """

    agenda: Agenda
    delays: Mapping[int, int] = field(default_factory=dict)
    number: int = 0
    known_from: float = 0

    def make(self) -> None:
        """Make the role of a new stack."""
        self.known_from = self.agenda.seconds + self.delays.get(self.number, 0)
        self.number += 1

    def is_known(self) -> bool:
        """Whether SageMaker may use it."""
        return self.agenda.seconds >= self.known_from
