"""What really became of a job, for invariants to compare with what was said."""

from private_transform.handlers.verdict import Result

from .sagemaker import Job


def result_of(job: Job, max_failed: int) -> Result:
    """How a job that ended is to be called, where so many inputs may fail."""
    if job.status == "Stopped":
        return "stopped"
    missing = len(job.inputs) - job.answered
    if job.status == "Completed" and not missing:
        return "succeeded"
    some = 0 < missing <= max_failed and job.answered > 0
    return "tolerated" if some else "failed"
