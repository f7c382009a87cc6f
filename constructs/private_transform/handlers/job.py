"""Custom::TransformJob: runs a transform job when something that matters changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import SageMaker, code_of, is_missing, jobs
from .contract import JOB_LOG_GROUP
from .lifecycle import WAIT_LIMIT, LauncherError, Properties, Request
from .names import digest, family_of, substance
from .propagation import may_pass
from .start import start_job
from .typed import typed


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformJob:
    """Starts one transform's job, waits for it, and stops it when it must go.

    Properties: `Environment`, `Transform`, `ModelName`, `ModelDigest`, `Request`
    (CreateTransformJob without the names; S3OutputPath without the job's part),
    `Network` ({Subnets, SecurityGroupIds}), `Run`, `ArtifactDigests`, `Completion`
    (wait | launch). Attributes: `JobName`, `Status`, `OutputPath`.

    Args:
        sagemaker: Calls to SageMaker.
        now: The clock.
    """

    sagemaker: SageMaker
    now: Callable[[], datetime]

    def digest(self, properties: Properties) -> str:
        """Both requests without names and tags, declared artifacts, and `run`."""
        return digest(
            {
                "model": properties["ModelDigest"],
                "job": substance(typed(properties["Request"])),
                "run": properties["Run"],
                "artifacts": properties.get("ArtifactDigests", []),
            }
        )

    def spent(self, name: str) -> bool:
        """A job that did not complete is run again; SageMaker never frees its name."""
        job = self._describe(name)
        return job is not None and job["TransformJobStatus"] in (
            "Failed",
            "Stopping",
            "Stopped",
        )

    def make(
        self, name: str, request: Request, *, restores: bool
    ) -> dict[str, str] | None:
        """Run the job, unless it or another one of the same digest ran already."""
        job = self._describe(name) or self._completed(family_of(name))
        if job is None:
            start_job(
                self.sagemaker,
                job=_job(name, request),
                network=request.properties["Network"],
                may_pass=lambda error: may_pass(error, request, self.now()),
            )
            return None
        if restores or self._is_answer(request, job):
            return {
                "JobName": job["TransformJobName"],
                "Status": job["TransformJobStatus"],
                "OutputPath": job.get("TransformOutput", {}).get("S3OutputPath", ""),
            }
        return None

    def remove(self, name: str) -> str | None:
        """Stop it; what it has written stays, and so does SageMaker's record."""
        job = self._describe(name)
        if job is None or job["TransformJobStatus"] not in ("InProgress", "Stopping"):
            return None
        if job["TransformJobStatus"] == "InProgress":
            self._stop(name)
        return (
            f"Transform job {name} does not stop. Look at it in the console, then "
            "delete again."
        )

    def _is_answer(self, request: Request, job: dict[str, Any]) -> bool:
        """Whether there is nothing to wait for; a job that ended badly is a failure."""
        name, status = job["TransformJobName"], job["TransformJobStatus"]
        if status in ("Failed", "Stopped"):
            raise LauncherError(
                sentence(
                    f"Transform job {name} ended as {status}.",
                    job.get("FailureReason", "no reason given"),
                    where=f"Logs: {JOB_LOG_GROUP}, streams {name}/.",
                )
            )
        launched = request.properties["Completion"] == "launch"
        return (
            status == "Completed"
            or (launched and job.get("TransformStartTime") is not None)
            or request.waited_longer_than(WAIT_LIMIT, self.now())
        )

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return self.sagemaker.describe_transform_job(TransformJobName=name)
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def _completed(self, family: str) -> dict[str, Any] | None:
        for job in jobs(self.sagemaker, NameContains=family, StatusEquals="Completed"):
            if job["TransformJobName"].startswith(family):
                return self._describe(job["TransformJobName"])
        return None

    def _stop(self, name: str) -> None:
        try:
            self.sagemaker.stop_transform_job(TransformJobName=name)
        except ClientError as error:
            # It ended between the look and the stop: the next look sees that.
            if code_of(error) != "ValidationException":
                raise


def _job(name: str, request: Request) -> dict[str, Any]:
    """The complete CreateTransformJob request; each job has an output path of its own.

    SageMaker overwrites what an earlier job left under the same path.
    """
    body: dict[str, Any] = typed(request.properties["Request"])
    output = body["TransformOutput"]
    return {
        **body,
        "TransformJobName": name,
        "ModelName": request.properties["ModelName"],
        "TransformOutput": {
            **output,
            "S3OutputPath": f"{output['S3OutputPath']}job={name}/",
        },
    }
