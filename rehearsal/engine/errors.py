"""Why a transform job, or one object of it, failed."""

from typing import Final

CLIENT_ERROR: Final = "ClientError"
ALGORITHM_ERROR: Final = "AlgorithmError"
INTERNAL_ERROR: Final = "InternalServerError"

REASON_LIMIT: Final = 1024
"""Longest FailureReason. AWS: DescribeTransformJob."""


class JobError(Exception):
    """A failure that SageMaker would report as the job's FailureReason.

    Args:
        kind: Whose fault it is, in SageMaker's words: `ClientError` for the request or
            the data, `AlgorithmError` for the container.
        text: What went wrong, for a person.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text

    @property
    def reason(self) -> str:
        """The FailureReason, cut to the length that SageMaker allows."""
        reason = f"{self.kind}: {self.text}"
        if len(reason) <= REASON_LIMIT:
            return reason
        return f"{reason[: REASON_LIMIT - 3]}..."
