"""What is kept of a run that ended; `docs/evidence.schema.json` describes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from .verdict import Verdict

_KEPT = (
    "TransformJobName",
    "TransformJobArn",
    "TransformJobStatus",
    "FailureReason",
    "ModelName",
    "TransformInput",
    "TransformOutput",
    "TransformResources",
)
_TIMES = ("CreationTime", "TransformStartTime", "TransformEndTime")


def evidence(
    job: Mapping[str, Any],
    *,
    launch: Mapping[str, Any],
    verdict: Verdict,
    folder: str,
) -> dict[str, Any]:
    """Tell what a job did, field by field: its variables are not among them.

    Args:
        job: What DescribeTransformJob says of it.
        launch: What was known when it was started.
        verdict: Whether it did what it was for.
        folder: Key of the folder below which its inputs are named.
    """
    counts = verdict.counts
    return {
        "version": "1",
        "name": job["TransformJobName"],
        "ended": job.get("TransformEndTime", job["CreationTime"]).isoformat(),
        "job": {
            **{field: job[field] for field in _KEPT if field in job},
            **{field: job[field].isoformat() for field in _TIMES if field in job},
        },
        "result": verdict.result,
        "summary": verdict.missing,
        "inputs": counts and counts.inputs,
        "outputs": counts and counts.outputs,
        "failed_inputs": counts and list(verdict.failed_inputs),
        "folder": folder,
        "launch": dict(launch),
    }


def evidence_of_none(
    name: str,
    *,
    ended: datetime,
    result: Literal["failed", "skipped", "stopped", "succeeded"],
    summary: str,
    launch: Mapping[str, Any],
) -> dict[str, Any]:
    """Tell of a run that ended without a job.

    Args:
        name: What its job would have been called.
        ended: When its execution ended.
        result: How it ended.
        summary: Why.
        launch: Who asked for it.
    """
    return {
        "version": "1",
        "name": name,
        "ended": ended.isoformat(),
        "job": None,
        "result": result,
        "summary": summary,
        "inputs": None,
        "outputs": None,
        "failed_inputs": None,
        "folder": None,
        "launch": dict(launch),
    }
