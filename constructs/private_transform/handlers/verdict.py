"""Whether a job that ended did what it was for: one judgement for all who ask.

SageMaker says Failed when one input of many was rejected, and Completed when it wrote
less than it read (AWS: Troubleshoot errors; Use Batch Transform). Both are looked at
through the inputs that have no output.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from .aws import S3
from .lifecycle import bounded
from .listing import parsed
from .tally import tally

Result = Literal["succeeded", "tolerated", "failed", "stopped"]
"""tolerated: some inputs have no output, but no more than the transform allows."""

_NAMED = 5
"""How many inputs a sentence names."""

_NAMES_LIMIT = 400
"""Bytes that their names may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a job read and wrote, in numbers.

    Args:
        inputs: How many objects there were.
        outputs: How many it wrote.
        failed: How many inputs had no output.
    """

    inputs: int
    outputs: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a job.

    Args:
        result: Whether that was good enough.
        counts: Its inputs and outputs; None if they could not be counted.
        failed_paths: Paths of the inputs without an output, below their folder; empty
            also where only their number is known.
        folder: S3 URI of that folder, ending in a slash.
    """

    result: Result
    counts: Counts | None
    failed_paths: tuple[str, ...] = ()
    folder: str = ""

    @property
    def failed_inputs(self) -> tuple[str, ...]:
        """Keys of the inputs without an output."""
        _, folder = parsed(self.folder)
        return tuple(folder + path for path in self.failed_paths)

    @property
    def missing(self) -> str:
        """A sentence that names the inputs without an output; empty without any."""
        if self.counts is None:
            return ""
        if not self.counts.inputs and not self.counts.outputs:
            return "There was no input but folder markers."
        if not self.counts.failed:
            return ""
        keys = self.failed_inputs
        more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
        named = bounded(", ".join(map(_printable, keys[:_NAMED])), _NAMES_LIMIT)
        which = f": {named}{more}." if keys else "; its evidence names them."
        return (
            f"{self.counts.failed} of {self.counts.inputs} inputs have no output{which}"
        )


def _printable(key: str) -> str:
    """A key may hold line ends, which would forge lines of a message."""
    return "".join(each if each.isprintable() else "?" for each in key)


def judge(
    s3: S3, job: Mapping[str, Any], *, max_failed_inputs: int, manifests: str
) -> Verdict:
    """Judge a job that ended, by what there is.

    Args:
        s3: Calls to S3.
        job: What DescribeTransformJob says of it.
        max_failed_inputs: How many inputs may have no output.
        manifests: The control bucket, whose manifests may be opened.
    """
    if job["TransformJobStatus"] == "Stopped":
        return Verdict(result="stopped", counts=None)
    counted = tally(s3, job, manifests)
    if counted is None:
        return _verdict(job, None, max_failed_inputs)
    counts = Counts(
        inputs=counted.inputs,
        outputs=counted.outputs,
        failed=len(counted.unanswered),
    )
    return replace(
        _verdict(job, counts, max_failed_inputs),
        failed_paths=counted.unanswered,
        folder=counted.folder,
    )


def recall(
    job: Mapping[str, Any], counts: Counts | None, *, max_failed_inputs: int
) -> Verdict:
    """Judge a job again that was judged when it ended: its outputs may be gone since.

    Args:
        job: What DescribeTransformJob says of it.
        counts: What was counted then.
        max_failed_inputs: How many inputs may have no output now.
    """
    if job["TransformJobStatus"] == "Stopped":
        return Verdict(result="stopped", counts=None)
    return _verdict(job, counts, max_failed_inputs)


def _verdict(
    job: Mapping[str, Any], counts: Counts | None, max_failed_inputs: int
) -> Verdict:
    result = _result(job["TransformJobStatus"], counts, max_failed_inputs)
    return Verdict(result=result, counts=counts)


def _result(status: str, counts: Counts | None, max_failed_inputs: int) -> Result:
    completed = status == "Completed"
    if counts is None:
        return "succeeded" if completed else "failed"
    if completed and not counts.failed:
        return "succeeded" if counts.inputs or counts.outputs else "failed"
    # A job that failed without an input to blame, or that answered none, is no matter
    # of some inputs.
    some = 0 < counts.failed <= max_failed_inputs and counts.outputs > 0
    return "tolerated" if some else "failed"
