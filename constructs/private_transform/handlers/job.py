"""Custom::TransformJob: runs a transform job when something that matters changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import SageMaker, code_of, is_missing, is_throttled, jobs, words_of
from .lifecycle import WAIT_LIMIT, Answer, LauncherError, Request, done, not_yet
from .names import Names, digest
from .start import NotYetError, start_job
from .typed import typed

RESOURCE_TYPE = "Custom::TransformJob"

LOG_GROUP = "/aws/sagemaker/TransformJobs"
"""Where SageMaker writes the logs of every transform job of an account and region."""

_COUNTS_AS_DONE = ("Completed", "InProgress")
"""An earlier job of the same digest in one of these is the job that is asked for."""


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

    def begin(self, request: Request) -> Answer:
        """Name the job; an earlier one of the same digest is taken over.

        So an update that changes nothing that matters, a repeated delivery and a
        roll-back to what already ran launch nothing.
        """
        started = {"StartedAt": self.now().isoformat()}
        if request.kind == "Delete":
            return started
        asked = _digest(request)
        names = _names(request)
        own = names.name(asked, request.request_id)
        earlier = [
            job["TransformJobName"]
            for job in jobs(self.sagemaker, NameContains=names.family(asked))
            if job["TransformJobName"].startswith(names.family(asked))
            and (
                job["TransformJobName"] == own
                or job["TransformJobStatus"] in _COUNTS_AS_DONE
            )
        ]
        name = own if own in earlier or not earlier else earlier[0]
        return {"PhysicalResourceId": name, **started}

    def finished(self, request: Request) -> Answer:
        """Make the job exist and see it end, or make it stop."""
        if request.kind == "Delete":
            return self._stopped(request)
        try:
            job = self._describe(request.resource)
            if job is None:
                start_job(
                    self.sagemaker,
                    job=_job(request),
                    network=request.properties["Network"],
                )
                return not_yet()
        except NotYetError:
            return self._keep_waiting(request)
        return self._outcome(request, job)

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return self.sagemaker.describe_transform_job(TransformJobName=name)
        except ClientError as error:
            if is_missing(error):
                return None
            if is_throttled(error):
                raise NotYetError from error
            raise LauncherError(
                sentence(f"Transform job {name} could not be seen.", words_of(error))
            ) from error

    def _outcome(self, request: Request, job: dict[str, Any]) -> Answer:
        name, status = job["TransformJobName"], job["TransformJobStatus"]
        answer = done(
            JobName=name,
            Status=status,
            OutputPath=job.get("TransformOutput", {}).get("S3OutputPath", ""),
        )
        if status == "Completed":
            return answer
        if status in ("Failed", "Stopped", "Stopping"):
            raise LauncherError(
                sentence(
                    f"Transform job {name} ended as {status}.",
                    job.get("FailureReason", "no reason given"),
                    where=f"Logs: {LOG_GROUP}, streams {name}/.",
                )
            )
        launched = request.properties["Completion"] == "launch"
        running = job.get("TransformStartTime") is not None
        if (launched and running) or self.now() - job["CreationTime"] > WAIT_LIMIT:
            return answer
        return not_yet()

    def _keep_waiting(self, request: Request) -> Answer:
        if request.waited_longer_than(WAIT_LIMIT, self.now()):
            raise LauncherError(
                f"Transform job {request.resource}: SageMaker throttled every call for "
                f"{WAIT_LIMIT.seconds // 60} minutes. Deploy again later."
            )
        return not_yet()

    def _stopped(self, request: Request) -> Answer:
        name = request.resource
        if not _names(request).owns(name):
            return done()
        try:
            job = self._describe(name)
            if job is None or job["TransformJobStatus"] not in (
                "InProgress",
                "Stopping",
            ):
                return done()
            if job["TransformJobStatus"] == "InProgress":
                self._stop(name)
        except NotYetError:
            return not_yet()
        if request.waited_longer_than(WAIT_LIMIT, self.now()):
            raise LauncherError(
                f"Transform job {name} does not stop. Look at it in the console, then "
                "delete again."
            )
        return not_yet()

    def _stop(self, name: str) -> None:
        try:
            self.sagemaker.stop_transform_job(TransformJobName=name)
        except ClientError as error:
            if is_throttled(error):
                raise NotYetError from error
            # It ended between the look and the stop: the next look sees that.
            if code_of(error) != "ValidationException":
                raise LauncherError(
                    sentence(f"Transform job {name} was not stopped.", words_of(error))
                ) from error


def _names(request: Request) -> Names:
    return Names(
        environment=request.properties["Environment"],
        transform=request.properties["Transform"],
    )


def _digest(request: Request) -> str:
    """What decides whether a job is new: both requests without names, and `run`."""
    properties = request.properties
    return digest(
        {
            "model": properties["ModelDigest"],
            "job": typed(properties["Request"]),
            "run": properties["Run"],
            "artifacts": properties.get("ArtifactDigests", []),
        }
    )


def _job(request: Request) -> dict[str, Any]:
    """The complete CreateTransformJob request; each job has an output path of its own.

    SageMaker overwrites what an earlier job left under the same path.
    """
    body: dict[str, Any] = typed(request.properties["Request"])
    name = request.resource
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
