"""A new role takes time to be known to SageMaker (AWS: Troubleshoot IAM)."""

from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from .aws import code_of, words_of
from .lifecycle import Request

_LIMIT = timedelta(minutes=2)
"""How long a role may stay unknown before the refusal is believed."""

_WORDS = (
    "could not access model data",
    "could not assume role",
    "no s3 objects found",
    "sts:assumerole",
)


def may_pass(error: ClientError, request: Request, now: datetime) -> bool:
    """Whether `error` may only say that the execution role is new."""
    words = words_of(error).lower()
    return (
        code_of(error) == "ValidationException"
        and any(each in words for each in _WORDS)
        and not request.waited_longer_than(_LIMIT, now)
    )
