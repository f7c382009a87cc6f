"""The one way out: every transform job of the environment that ends is finished here.

EventBridge and SQS deliver at least once, and SageMaker may send several events for one
change (AWS: Events that Amazon SageMaker AI sends to Amazon EventBridge), so each step
can be repeated. The evidence is written once. The notification is sent before it is
marked as sent: two deliveries at the same moment send it twice, and so does one that
dies between the two, but no fault loses it. A step that fails holds no earlier one up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .advice import advice_for
from .aws import S3, CloudWatch, SageMaker, Sns, is_missing
from .contract import ENDED, JOB_LOG_GROUP
from .ends import Ends
from .evidence import evidence
from .launches import facts_of_model
from .names import transform_of
from .records import Records, claim
from .verdict import judge

_HEADLINES = {"failed": "Failed", "tolerated": "Completed with failed inputs"}
"""Where a result says more than SageMaker's status."""


class UnclearError(Exception):
    """Describe does not know of the end yet; the event is to be delivered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanges:
    """Leaves evidence of each ended job and tells the environment's topic and alarms.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3: names of inputs and outputs, and the control bucket.
        sns: Calls to SNS.
        cloudwatch: Calls to CloudWatch.
        bucket: The control bucket.
        topic: ARN of the environment's topic.
        environment: The environment's name.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    sns: Sns
    cloudwatch: CloudWatch
    bucket: str
    topic: str
    environment: str
    now: Callable[[], datetime]

    def handle(self, event: Mapping[str, Any]) -> None:
        """Finish the job of one state-change event; others are left alone."""
        detail = event["detail"]
        status = detail["TransformJobStatus"]
        if status not in ENDED:
            return
        name = detail["TransformJobName"]
        if self._records.is_there(claim(name, status, "counted")):
            return
        # The event copies the job's environment variables: the evidence takes what
        # it needs from Describe, field by field.
        job = self.sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] != status:
            raise UnclearError(f"{name}: {status} in the event, not yet in Describe")
        left = self._leave_evidence(job)
        self._once("announced", left, self._announce)
        self._once("counted", left, self._count)

    def _once(
        self,
        step: str,
        left: Mapping[str, Any],
        work: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Do one step, unless it was done; what comes after it may still fail."""
        job = left["job"]
        key = claim(job["TransformJobName"], job["TransformJobStatus"], step)
        if not self._records.is_there(key):
            work(left)
            # With S3's key: the launcher reads it, and has no right to ours. So it
            # names no input.
            self._records.write_once(key, _numbers(left), ServerSideEncryption="AES256")

    def _count(self, left: Mapping[str, Any]) -> None:
        transform = transform_of(left["job"]["ModelName"], self.environment)
        if transform is not None:
            Ends(
                records=self._records,
                cloudwatch=self.cloudwatch,
                environment=self.environment,
                now=self.now,
            ).count(transform, left)

    @property
    def _records(self) -> Records:
        return Records(s3=self.s3, bucket=self.bucket)

    def _leave_evidence(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The job's evidence, written once: what an earlier delivery saw stands."""
        key = f"evidence/{job['TransformJobName']}.json"
        found = self._records.read(key)
        if found is not None:
            return found[0]
        launch = self._launch(job)
        verdict = judge(
            self.s3, job, max_failed_inputs=launch.get("max_failed_inputs", 0)
        )
        left = evidence(job, launch=launch, verdict=verdict)
        self._records.write_once(key, left)
        written = self._records.read(key)
        return written[0] if written else left

    def _launch(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """What was known at its start; of a job that others started, what is now."""
        found = self._records.read(f"launches/{job['TransformJobName']}.json")
        if found is not None:
            return found[0]
        try:
            model = self.sagemaker.describe_model(ModelName=job["ModelName"])
        except ClientError as error:
            if is_missing(error):
                return {"origin": "unknown"}
            raise
        return {"origin": "unknown", "model": facts_of_model(self.s3, model, {})}

    def _announce(self, left: Mapping[str, Any]) -> None:
        job, result = left["job"], left["result"]
        name, status = job["TransformJobName"], job["TransformJobStatus"]
        reason = " ".join(job.get("FailureReason", "").split())
        lines = [
            f"Transform job {name} in environment {self.environment}: {status}.",
            f"SageMaker: {reason}" if reason else "",
            left["summary"],
            advice_for(reason) or "",
            f"Logs: {JOB_LOG_GROUP}, streams {name}/.",
            f"Evidence: s3://{self.bucket}/evidence/{name}.json",
        ]
        self.sns.publish(
            TopicArn=self.topic,
            Subject=f"{_HEADLINES.get(result, status)}: {name}"[:100],
            Message="\n".join(filter(None, lines)),
            MessageAttributes={
                "result": {"DataType": "String", "StringValue": result},
                "status": {"DataType": "String", "StringValue": status},
            },
        )


def _numbers(left: Mapping[str, Any]) -> dict[str, Any]:
    """How a job was judged, without a name."""
    counts = None
    if left["inputs"] is not None:
        counts = {
            "inputs": left["inputs"],
            "outputs": left["outputs"],
            "failed": len(left["failed_inputs"]),
        }
    return {"result": left["result"], "counts": counts}
