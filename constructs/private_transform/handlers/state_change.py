"""The one way out: every transform job of the environment that ends is finished here.

EventBridge and SQS deliver at least once, and SageMaker may send several events for one
change (AWS: Events that Amazon SageMaker AI sends to Amazon EventBridge), so each step
can be repeated. The evidence is written once. The notification is sent before it is
marked as sent: two deliveries at the same moment send it twice, and so does one that
dies between the two, but no fault loses it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .advice import advice_for
from .aws import S3, SageMaker, Sns, code_of
from .contract import ENDED, JOB_LOG_GROUP


class UnclearError(Exception):
    """Describe does not know of the end yet; the event is to be delivered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanges:
    """Leaves evidence of each ended job and tells the environment's topic.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3, for the control bucket alone.
        sns: Calls to SNS.
        bucket: The control bucket: evidence below `evidence/`, what was announced
            below `claims/`.
        topic: ARN of the environment's topic.
        environment: The environment's name.
    """

    sagemaker: SageMaker
    s3: S3
    sns: Sns
    bucket: str
    topic: str
    environment: str

    def handle(self, event: Mapping[str, Any]) -> None:
        """Finish the job of one state-change event; others are left alone."""
        detail = event["detail"]
        status = detail["TransformJobStatus"]
        if status not in ENDED:
            return
        name = detail["TransformJobName"]
        claim = f"claims/{name}/{status}"
        if self._is_there(claim):
            return
        # The event copies the job's environment variables: the evidence takes what
        # it needs from Describe, field by field.
        job = self.sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] != status:
            raise UnclearError(f"{name}: {status} in the event, not yet in Describe")
        self._write_once(f"evidence/{name}.json", _evidence(job))
        self._announce(job)
        self._write_once(claim, {"job": name, "status": status})

    def _is_there(self, key: str) -> bool:
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True

    def _write_once(self, key: str, content: Mapping[str, Any]) -> None:
        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=json.dumps(content, indent=2, sort_keys=True).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            # Written by an earlier delivery. A conflict with one that is still
            # writing is an error: that one may fail.
            if code_of(error) != "PreconditionFailed":
                raise

    def _announce(self, job: Mapping[str, Any]) -> None:
        name, status = job["TransformJobName"], job["TransformJobStatus"]
        reason = " ".join(job.get("FailureReason", "").split())
        lines = [
            f"Transform job {name} in environment {self.environment}: {status}.",
            f"SageMaker: {reason}" if reason else "",
            advice_for(reason) or "",
            f"Logs: {JOB_LOG_GROUP}, streams {name}/.",
            f"Evidence: s3://{self.bucket}/evidence/{name}.json",
        ]
        self.sns.publish(
            TopicArn=self.topic,
            Subject=f"{status}: {name}"[:100],
            Message="\n".join(filter(None, lines)),
            MessageAttributes={
                "status": {"DataType": "String", "StringValue": status},
            },
        )


def _evidence(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a job did, without its environment variables."""
    kept = (
        "TransformJobName",
        "TransformJobArn",
        "TransformJobStatus",
        "FailureReason",
        "ModelName",
        "TransformInput",
        "TransformOutput",
        "TransformResources",
    )
    times = ("CreationTime", "TransformStartTime", "TransformEndTime")
    return {
        **{field: job[field] for field in kept if field in job},
        **{field: job[field].isoformat() for field in times if field in job},
    }
