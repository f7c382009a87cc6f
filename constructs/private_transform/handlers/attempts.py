"""Whether a job that ended is tried again, and on what: one decision for every origin.

Only a want of capacity is worth the same request once more. A name is never free
again, so each attempt of a run has one of its own: `RUN`, `RUN-2`, `RUN-3`
(AWS: CreateTransformJob, "TransformJobName").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ATTEMPTS = 3
"""How many jobs a run may take; with more instance types, each has its turn."""

_NO_CAPACITY = ("CapacityError", "Unable to provision requested ML compute capacity")

Description = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One job of a run.

    Args:
        number: 1 for the first.
        job: What DescribeTransformJob says of it.
    """

    number: int
    job: Description

    @property
    def lacked_capacity(self) -> bool:
        """Whether AWS had no instance for it."""
        reason = str(self.job.get("FailureReason", ""))
        status = self.job["TransformJobStatus"]
        return status == "Failed" and reason.startswith(_NO_CAPACITY)

    def next(self, resources: Sequence[Any]) -> int | None:
        """The number of the attempt that should follow, or None.

        Args:
            resources: What a job of this run may run on, in the order of trying.
        """
        more = self.number < max(ATTEMPTS, len(resources))
        return self.number + 1 if self.lacked_capacity and more else None


def attempt_name(run: str, number: int) -> str:
    """The name of one attempt's job."""
    return run if number == 1 else f"{run}-{number}"


def resources_of(number: int, resources: Sequence[Description]) -> Description:
    """What an attempt runs on; after the last type comes the first again."""
    return resources[(number - 1) % len(resources)]


def last_attempt(
    run: str, describe: Callable[[str], Description | None]
) -> Attempt | None:
    """The newest job of a run, or None while there is none."""
    newest, number = None, 1
    while job := describe(attempt_name(run, number)):
        newest = Attempt(number=number, job=job)
        if not newest.lacked_capacity:
            break
        number += 1
    return newest
