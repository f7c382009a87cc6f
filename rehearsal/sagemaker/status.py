"""The life of a transform job, as data. AWS: DescribeTransformJob."""

from enum import StrEnum
from typing import Final


class JobStatus(StrEnum):
    """What SageMaker says about a transform job."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


NEXT: Final = {
    JobStatus.IN_PROGRESS: frozenset(
        {JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPING}
    ),
    JobStatus.STOPPING: frozenset({JobStatus.STOPPED}),
    JobStatus.COMPLETED: frozenset[JobStatus](),
    JobStatus.FAILED: frozenset[JobStatus](),
    JobStatus.STOPPED: frozenset[JobStatus](),
}
"""Which status may follow which."""


def is_final(status: JobStatus) -> bool:
    """Whether nothing follows."""
    return not NEXT[status]
