"""What people are told of a run that ended, from its evidence."""

from collections.abc import Iterator, Mapping
from typing import Any

from .advice import advice_for
from .contract import JOB_LOG_GROUP

_HEADLINES = {
    "failed": "Failed",
    "skipped": "Skipped",
    "stopped": "Stopped",
    "succeeded": "Completed",
    "tolerated": "Completed with failed inputs",
}
"""Where a result says more than SageMaker's status."""


def announcement(
    left: Mapping[str, Any], *, environment: str, bucket: str
) -> dict[str, Any]:
    """A message of SNS, without its topic.

    Args:
        left: The run's evidence.
        environment: The environment's name.
        bucket: The control bucket, which holds the evidence.
    """
    name, job, result = left["name"], left["job"], left["result"]
    status = job["TransformJobStatus"] if job else "NoJob"
    lines = _of_a_job(job, environment) if job else _of_none(left, environment)
    attributes = {"result": result, "status": status}
    return {
        "Subject": f"{_HEADLINES.get(result, status)}: {name}"[:100],
        "Message": "\n".join(
            [
                *filter(None, [*lines, left["summary"], *_hints(job)]),
                f"Evidence: s3://{bucket}/evidence/{name}.json",
            ]
        ),
        "MessageAttributes": {
            key: {"DataType": "String", "StringValue": value}
            for key, value in attributes.items()
        },
    }


def _of_a_job(job: Mapping[str, Any], environment: str) -> Iterator[str]:
    name, status = job["TransformJobName"], job["TransformJobStatus"]
    yield f"Transform job {name} in environment {environment}: {status}."
    if reason := _reason(job):
        yield f"SageMaker: {reason}"


def _of_none(left: Mapping[str, Any], environment: str) -> Iterator[str]:
    name, by = left["name"], left["launch"]["launched_by"]
    yield f"Run {name} in environment {environment}: {left['result']}, without a job."
    yield f"Execution: {by['execution']}"


def _hints(job: Mapping[str, Any] | None) -> Iterator[str | None]:
    if job:
        yield advice_for(_reason(job))
        yield f"Logs: {JOB_LOG_GROUP}, streams {job['TransformJobName']}/."


def _reason(job: Mapping[str, Any]) -> str:
    return " ".join(job.get("FailureReason", "").split())
