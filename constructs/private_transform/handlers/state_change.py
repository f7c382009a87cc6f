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
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from .announcement import announcement
from .aws import S3, CloudWatch, SageMaker, Sns, is_missing
from .contract import ENDED
from .ends import Ends
from .evidence import evidence
from .executions import Executions, UnclearError
from .launches import facts_of_model
from .manifest import Manifest, key_of_redo, write_manifest
from .names import transform_of
from .outcomes import Outcomes
from .records import Records, claim
from .tally import folder_read
from .verdict import Verdict, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanges:
    """Leaves evidence of each ended run and tells the environment's topic and alarms.

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
        """Finish the run of one event of SageMaker or Step Functions.

        Raises:
            UnclearError: It is to be delivered again.
        """
        detail = event["detail"]
        if "executionArn" in detail:
            self._finish_execution(detail)
        elif detail["TransformJobStatus"] in ENDED:
            self._finish_job(detail)

    def _finish_job(self, detail: Mapping[str, Any]) -> None:
        name, status = detail["TransformJobName"], detail["TransformJobStatus"]
        if self._records.is_there(claim(name, status, "counted")):
            return
        # The event copies the job's environment variables: the evidence takes what
        # it needs from Describe, field by field.
        job = self.sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] != status:
            raise UnclearError(f"{name}: {status} in the event, not yet in Describe")
        left = self._kept(name, partial(self._evidence, job))
        self._tell(status, transform_of(job["ModelName"], self.environment), left)

    def _finish_execution(self, detail: Mapping[str, Any]) -> None:
        found = Executions(
            sagemaker=self.sagemaker,
            records=self._records,
            environment=self.environment,
            now=self.now,
        ).left(detail)
        if found is not None:
            transform, left = found
            self._tell("NoJob", transform, self._kept(left["name"], lambda: left))

    def _tell(
        self, status: str, transform: str | None, left: Mapping[str, Any]
    ) -> None:
        """Announce an end and count it, once each; a step may fail after another."""
        if transform is not None:
            Outcomes(s3=self.s3, bucket=self.bucket).keep(transform, left)
        self._once(claim(left["name"], status, "announced"), left, self._announce)
        self._once(
            claim(left["name"], status, "counted"),
            left,
            # Whose model that is, nobody knows.
            partial(self._ends.count, transform) if transform else lambda _: None,
        )

    def _once(
        self,
        key: str,
        left: Mapping[str, Any],
        work: Callable[[Mapping[str, Any]], None],
    ) -> None:
        if not self._records.is_there(key):
            work(left)
            # With S3's key: the launcher reads it, and has no right to ours. So it
            # names no input.
            self._records.write_once(key, _numbers(left), ServerSideEncryption="AES256")

    @property
    def _ends(self) -> Ends:
        return Ends(
            records=self._records,
            cloudwatch=self.cloudwatch,
            environment=self.environment,
            now=self.now,
        )

    @property
    def _records(self) -> Records:
        return Records(s3=self.s3, bucket=self.bucket)

    def _evidence(self, job: Mapping[str, Any]) -> dict[str, Any]:
        launch = self._launch(job)
        verdict = judge(
            self.s3,
            job,
            max_failed_inputs=launch.get("max_failed_inputs", 0),
            manifests=self.bucket,
        )
        self._list_failed_inputs(job, verdict)
        folder = folder_read(self.s3, job, self.bucket)
        left = evidence(job, launch=launch, verdict=verdict, folder=folder)
        # What the environment itself stops has failed.
        found = self._records.read(f"stops/{left['name']}.json")
        if verdict.result == "stopped" and found:
            return {**left, "result": "failed", "summary": found[0]["why"]}
        return left

    def _list_failed_inputs(self, job: Mapping[str, Any], verdict: Verdict) -> None:
        """For a run over exactly these."""
        transform = transform_of(job["ModelName"], self.environment)
        if transform is not None and verdict.failed_paths:
            key = key_of_redo(transform, job["TransformJobName"])
            manifest = Manifest(folder=verdict.folder, paths=verdict.failed_paths)
            write_manifest(self.s3, self.bucket, key, manifest)

    def _kept(self, name: str, tell: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Evidence is written once: what an earlier delivery saw stands."""
        key = f"evidence/{name}.json"
        found = self._records.read(key)
        if found is not None:
            return found[0]
        left = tell()
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
        message = announcement(left, environment=self.environment, bucket=self.bucket)
        self.sns.publish(TopicArn=self.topic, **message)


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
