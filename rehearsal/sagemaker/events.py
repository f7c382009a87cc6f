"""The events that SageMaker sends about a transform job."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.sagemaker.platform import Platform
from rehearsal.sagemaker.store import JobRecord

DETAIL_TYPE: Final = "SageMaker Transform Job State Change"

_COPIED: Final = (
    "ModelName",
    "MaxConcurrentTransforms",
    "MaxPayloadInMB",
    "BatchStrategy",
    "Environment",
    "TransformInput",
    "TransformOutput",
    "TransformResources",
    "DataProcessing",
)


def announce(platform: Platform, job: JobRecord) -> None:
    """Send the event of the status that a job has now."""
    platform.emit(DETAIL_TYPE, job.arn, detail(job))


def detail(job: JobRecord) -> Mapping[str, Any]:
    """The event's detail. AWS: Events That Amazon SageMaker Sends to EventBridge."""
    times = {
        "CreationTime": job.created,
        "TransformStartTime": job.started,
        "TransformEndTime": job.ended,
    }
    return {
        "TransformJobName": job.name,
        "TransformJobArn": job.arn,
        "TransformJobStatus": str(job.status),
        **({"FailureReason": job.failure_reason} if job.failure_reason else {}),
        **{name: job.request[name] for name in _COPIED if name in job.request},
        **{name: int(time * 1000) for name, time in times.items() if time is not None},
        "Tags": dict(job.tags),
    }
