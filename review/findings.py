"""What a reviewer has to look at, and how urgently."""

import hashlib
from dataclasses import dataclass
from typing import Literal

Severity = Literal["high", "medium", "low"]

SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
"""The most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at.

    Args:
        rule: What was looked for; stable from review to review.
        severity: high: it should not be deployed. medium: somebody who knows has to say
            yes. low: good to know.
        resource: Where it is, as `STACK/LOGICAL_ID`, or a stack's name.
        message: What the reviewer should know, in a sentence.
    """

    rule: str
    severity: Severity
    resource: str
    message: str

    @property
    def id(self) -> str:
        """A name that stays while rule, place and message do."""
        text = "\n".join((self.rule, self.resource, self.message))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]

    @property
    def order(self) -> tuple[int, str, str, str]:
        """The most urgent first, then by rule, place and message."""
        urgency = SEVERITIES.index(self.severity)
        return urgency, self.rule, self.resource, self.message
