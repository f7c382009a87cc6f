"""What is kept of a job that ended; `docs/evidence.schema.json` describes it."""

from collections.abc import Mapping
from typing import Any

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
) -> dict[str, Any]:
    """Tell what a job did, field by field: its variables are not among them.

    Args:
        job: What DescribeTransformJob says of it.
        launch: What was known when it was started.
        verdict: Whether it did what it was for.
    """
    counts = verdict.counts
    return {
        "version": "1",
        "job": {
            **{field: job[field] for field in _KEPT if field in job},
            **{field: job[field].isoformat() for field in _TIMES if field in job},
        },
        "result": verdict.result,
        "summary": verdict.missing,
        "inputs": counts and counts.inputs,
        "outputs": counts and counts.outputs,
        "failed_inputs": counts and list(verdict.failed_inputs),
        "launch": dict(launch),
    }
