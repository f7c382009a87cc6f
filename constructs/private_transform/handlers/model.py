"""Custom::TransformModel: a SageMaker model that lives as long as jobs need it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import S3, SageMaker, code_of, is_missing, is_transient, jobs, words_of
from .lifecycle import LauncherError, Properties, Request
from .names import digest, substance
from .typed import typed

PROPAGATION_LIMIT = timedelta(minutes=2)
"""How long a new role may stay unknown to SageMaker before its refusal is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformModel:
    """Creates, keeps and deletes one transform's model.

    Properties: `Environment`, `Transform`, `Request` (CreateModel without ModelName),
    `Artifacts` (list of {Bucket, Key} in our models bucket), `UploadCommand`.
    Attributes: `ModelName`, `Digest`.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3, to see whether an artifact is there.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    now: Callable[[], datetime]

    def digest(self, properties: Properties) -> str:
        """The CreateModel request without name and tags."""
        return digest(substance(_body(properties)))

    def spent(self, name: str) -> bool:
        """A model serves for as long as it is there, and can be made again."""
        return False

    def make(
        self, name: str, request: Request, *, restores: bool
    ) -> dict[str, str] | None:
        """Create it, unless it is there."""
        if not self._exists(name):
            self._create(name, request)
            if not self._exists(name):
                return None
        return {"ModelName": name, "Digest": self.digest(request.properties)}

    def remove(self, name: str) -> str | None:
        """Delete it, unless a job still needs it, whoever started that."""
        users = self._jobs_in_progress_with(name)
        if users:
            return (
                f"Model {name} was not deleted: still used by {', '.join(users)}. "
                "Wait for these jobs or stop them, then delete again."
            )
        try:
            self.sagemaker.delete_model(ModelName=name)
        except ClientError as error:
            if not is_missing(error):
                raise
        return None

    def _exists(self, name: str) -> bool:
        try:
            self.sagemaker.describe_model(ModelName=name)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True

    def _create(self, name: str, request: Request) -> None:
        self._require_artifacts(request)
        try:
            self.sagemaker.create_model(ModelName=name, **_body(request.properties))
        except ClientError as error:
            if is_transient(error):
                raise
            if not self._may_pass(error, request):
                raise LauncherError(
                    sentence(f"Model {name} was not accepted.", words_of(error))
                ) from error

    def _may_pass(self, error: ClientError, request: Request) -> bool:
        """Whether another look can help: it is made already, or its role is new.

        AWS: CreateModel reads the artifact with the execution role, and a new role
        takes time to be known everywhere (AWS: Troubleshoot IAM, "Changes that I make
        are not always immediately visible"). A name that exists was created by
        another delivery of this request.
        """
        if code_of(error) != "ValidationException":
            return False
        words = words_of(error)
        new_role = "Could not access model data" in words or "sts:AssumeRole" in words
        return "already existing model" in words or (
            new_role and not request.waited_longer_than(PROPAGATION_LIMIT, self.now())
        )

    def _require_artifacts(self, request: Request) -> None:
        """CreateModel would say as much, but not what to do about it."""
        for artifact in request.properties.get("Artifacts", []):
            bucket, key = artifact["Bucket"], artifact["Key"]
            listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
            if key not in [found["Key"] for found in listed.get("Contents", [])]:
                raise LauncherError(
                    f"The model artifact s3://{bucket}/{key} is not there.\n"
                    f"Upload it, then deploy again: "
                    f"{request.properties['UploadCommand']}"
                )

    def _jobs_in_progress_with(self, model: str) -> list[str]:
        """Names of the jobs that use `model`, whoever started them."""
        names = [
            job["TransformJobName"]
            for status in ("InProgress", "Stopping")
            for job in jobs(self.sagemaker, StatusEquals=status)
        ]
        return [
            name
            for name in names
            if self.sagemaker.describe_transform_job(TransformJobName=name)["ModelName"]
            == model
        ]


def _body(properties: Properties) -> dict[str, Any]:
    body: dict[str, Any] = typed(properties["Request"])
    return body
