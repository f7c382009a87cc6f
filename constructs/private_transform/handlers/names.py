"""Names of models and jobs, derived from the request so that work is found again.

`<environment>-<transform>-<digest>-<request>`: the digest says what is asked for, the
request part makes the name new, because SageMaker never frees the name of a job.
Source: AWS: CreateTransformJob, "TransformJobName" (63 characters).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

_PART = 8
"""Hexadecimal characters of the digest and of the request in a name."""

_PARTS = rf"[0-9a-f]{{{_PART}}}-[0-9a-f]{{{_PART}}}"

JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""AWS: CreateTransformJob, "TransformJobName"."""

RUN = rf"[^/]+-{_PARTS}(-[0-9])?"
"""What a job of the launcher is called, as a regular expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of one transform's models and jobs.

    Args:
        environment: The environment's name; holds no hyphen.
        transform: The transform's name.
    """

    environment: str
    transform: str

    def family(self, digest: str) -> str:
        """What the names of everything made for one digest begin with."""
        return f"{self.environment}-{self.transform}-{digest[:_PART]}-"

    def name(self, digest: str, request_id: str) -> str:
        """The name of what one request makes; the same for a repeated request."""
        request = hashlib.sha256(request_id.encode()).hexdigest()
        return self.family(digest) + request[:_PART]

    def owns(self, name: str) -> bool:
        """Whether a physical id is one of ours, and not one CloudFormation invented."""
        ours = f"{self.environment}-{self.transform}-{_PARTS}"
        return re.fullmatch(ours, name) is not None


def family_of(name: str) -> str:
    """What the names of everything made for the same digest begin with."""
    return re.sub(rf"[0-9a-f]{{{_PART}}}(-[0-9])?$", "", name)


def transform_of(model: str, environment: str) -> str | None:
    """The transform whose model this is; None if the launcher did not name it."""
    found = re.fullmatch(f"{environment}-(.+)-{_PARTS}", model)
    return found[1] if found else None


def transform_of_job(job: str, environment: str) -> str | None:
    """The transform whose job this is; None if the launcher did not name it."""
    found = re.fullmatch(f"{environment}-(.+)-{_PARTS}(-[0-9])?", job)
    return found[1] if found else None


def substance(request: dict[str, Any]) -> dict[str, Any]:
    """What of a request decides about its results: not its tags.

    A change of tags alone runs no paid job again; it reaches the next model and job.
    """
    return {key: value for key, value in request.items() if key != "Tags"}


def digest(value: Any) -> str:
    """SHA-256 of a JSON value, the same for equal values whatever their order."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
