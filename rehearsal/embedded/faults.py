"""Faults that are ordered for calls to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["throttled", "broken", "silent", "cut", "lost"]
"""What becomes of a call: refused for its rate, answered with a failure of AWS's own,
never answered, cut off before anything is done, or done and its answer cut off."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What becomes of one call.

    Attributes:
        action: What is called, by IAM's name, such as `sagemaker:CreateModel`.
        kind: What becomes of it.
        about: Text that its path or body holds, to mean some calls of many.
    """

    action: str
    kind: Kind
    about: str = ""


class Faults:
    """Each call meets the first fault that is meant for it, each fault one call.

    Attributes:
        to_come: The faults that no call has met yet.
    """

    def __init__(self) -> None:
        self.to_come: list[Fault] = []

    def order(self, faults: Sequence[Fault]) -> None:
        """Take these, and forget what was still to come."""
        self.to_come = list(faults)

    def meet(self, action: str, request: str) -> Kind | None:
        """What becomes of a call; None if it goes well.

        Args:
            action: What is called.
            request: Path and body of the call.
        """
        for fault in self.to_come:
            if fault.action == action and fault.about in request:
                self.to_come.remove(fault)
                return fault.kind
        return None
