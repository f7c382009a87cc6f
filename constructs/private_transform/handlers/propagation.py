"""A new role takes time to be known to SageMaker (AWS: Troubleshoot IAM)."""

from datetime import datetime, timedelta
from typing import Protocol

from botocore.exceptions import ClientError

from .aws import code_of, words_of

_LIMIT = timedelta(minutes=2)
"""How long a role may stay unknown before the refusal is believed."""

_WORDS = (
    "could not access model data",
    "could not assume role",
    "no s3 objects found",
    "sts:assumerole",
)


class Waiting(Protocol):
    """What waits for a job to be accepted."""

    def waited_longer_than(self, limit: timedelta, now: datetime) -> bool:
        """Whether it has waited for more than `limit`."""


def may_pass(error: ClientError, request: Waiting, now: datetime) -> bool:
    """Whether `error` may only say that the execution role is new."""
    words = words_of(error).lower()
    return (
        code_of(error) == "ValidationException"
        and any(each in words for each in _WORDS)
        and not request.waited_longer_than(_LIMIT, now)
    )
