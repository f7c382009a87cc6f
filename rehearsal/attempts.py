"""An attempt to break a promise, and how it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.queries import QueryError
from rehearsal.report import ClaimRow

BUCKET_OR_KEY = "explicit deny in a resource-based policy"
ENDPOINT = "VPC endpoint policy"
OWN_RIGHTS = "no identity-based policy allows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One thing somebody tries.

    Args:
        claim: The promise, as a sentence.
        tried: Who does what.
        call: The attempt.
        refused_by: What the refusal must say of the policy behind it; None when
            keeping the promise means that the attempt is served.
    """

    claim: str
    tried: str
    call: Callable[[], Any]
    refused_by: str | None = None

    def outcome(self) -> ClaimRow:
        """Try it; a refusal by any other policy says nothing about the promise."""
        try:
            self.call()
        except ClientError as error:
            details = error.response["Error"]
            seen = f"{details['Code']}: {details['Message']}"
        except QueryError as error:
            seen = str(error)
        else:
            seen = "served"
        ok = seen == "served" if self.refused_by is None else self.refused_by in seen
        return ClaimRow(claim=self.claim, tried=self.tried, seen=seen, ok=ok)
