"""Whether a job that ended did what it was for: one judgement for all who ask.

SageMaker says Failed when one input of many was rejected, and Completed when it wrote
less than it read (AWS: Troubleshoot errors; Use Batch Transform). Both are looked at
through the inputs that have no output.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .aws import S3
from .lifecycle import bounded
from .tally import Tally, tally

Result = Literal["succeeded", "tolerated", "failed", "stopped"]
"""tolerated: some inputs have no output, but no more than the transform allows."""

_NAMED = 5
"""How many inputs a sentence names."""

_NAMES_LIMIT = 400
"""Bytes that their names may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a job.

    Args:
        result: Whether that was good enough.
        tally: Its inputs and outputs; None if they could not be counted.
    """

    result: Result
    tally: Tally | None

    @property
    def missing(self) -> str:
        """A sentence that names the inputs without an output; empty without any."""
        if self.tally is None:
            return ""
        if not self.tally.inputs and not self.tally.outputs:
            return "There was no input but folder markers."
        if not self.tally.unanswered:
            return ""
        keys = self.tally.unanswered
        more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
        named = bounded(", ".join(map(_printable, keys[:_NAMED])), _NAMES_LIMIT)
        return (
            f"{len(keys)} of {self.tally.inputs} inputs have no output: {named}{more}."
        )


def _printable(key: str) -> str:
    """A key may hold line ends, which would forge lines of a message."""
    return "".join(each if each.isprintable() else "?" for each in key)


def judge(s3: S3, job: Mapping[str, Any], *, max_failed_inputs: int) -> Verdict:
    """Judge a job that ended.

    Args:
        s3: Calls to S3.
        job: What DescribeTransformJob says of it.
        max_failed_inputs: How many inputs may have no output.
    """
    if job["TransformJobStatus"] == "Stopped":
        return Verdict(result="stopped", tally=None)
    counted = tally(s3, job)
    return Verdict(
        result=_result(job["TransformJobStatus"], counted, max_failed_inputs),
        tally=counted,
    )


def _result(status: str, counted: Tally | None, max_failed_inputs: int) -> Result:
    completed = status == "Completed"
    if counted is None:
        return "succeeded" if completed else "failed"
    missing = len(counted.unanswered)
    if completed and not missing:
        return "succeeded" if counted.inputs or counted.outputs else "failed"
    # A job that failed without an input to blame, or that answered none, is no matter
    # of some inputs.
    some = 0 < missing <= max_failed_inputs and counted.outputs > 0
    return "tolerated" if some else "failed"
