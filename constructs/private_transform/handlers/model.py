"""Custom::TransformModel: a SageMaker model that lives as long as jobs need it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import (
    S3,
    SageMaker,
    code_of,
    is_missing,
    is_throttled,
    jobs,
    models_named,
    words_of,
)
from .lifecycle import WAIT_LIMIT, Answer, LauncherError, Request, done, not_yet
from .names import Names, digest
from .typed import typed

RESOURCE_TYPE = "Custom::TransformModel"

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

    def begin(self, request: Request) -> Answer:
        """Name the model; one made earlier for the same request body is kept."""
        if request.kind == "Delete":
            return {"StartedAt": self.now().isoformat()}
        names, body = _names(request), _body(request)
        family = names.family(digest(body))
        current = request.physical_id
        if current is None or not current.startswith(family):
            earlier = models_named(self.sagemaker, family)
            current = next(earlier, names.name(digest(body), request.request_id))
        return {"PhysicalResourceId": current, "StartedAt": self.now().isoformat()}

    def finished(self, request: Request) -> Answer:
        """Make the model exist, or make it go."""
        if request.kind == "Delete":
            return self._deleted(request)
        return self._created(request)

    def _created(self, request: Request) -> Answer:
        name, body = request.resource, _body(request)
        try:
            if not self._exists(name):
                self._require_artifacts(request)
                self.sagemaker.create_model(ModelName=name, **body)
        except ClientError as error:
            if self._may_pass(error, request):
                return not_yet()
            raise LauncherError(
                sentence(f"Model {name} was not accepted.", words_of(error))
            ) from error
        return done(ModelName=name, Digest=digest(body))

    def _exists(self, name: str) -> bool:
        try:
            self.sagemaker.describe_model(ModelName=name)
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        return True

    def _require_artifacts(self, request: Request) -> None:
        """CreateModel would say as much, but not what to do about it."""
        for artifact in request.properties.get("Artifacts", []):
            bucket, key = artifact["Bucket"], artifact["Key"]
            try:
                listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
            except ClientError as error:
                raise LauncherError(
                    f"The launcher could not look for s3://{bucket}/{key}.\n"
                    f"S3: {words_of(error)}"
                ) from error
            if key not in [found["Key"] for found in listed.get("Contents", [])]:
                raise LauncherError(
                    f"The model artifact s3://{bucket}/{key} is not there.\n"
                    f"Upload it, then deploy again: "
                    f"{request.properties['UploadCommand']}"
                )

    def _may_pass(self, error: ClientError, request: Request) -> bool:
        """Whether waiting can help: throttling, or a role that is seconds old.

        AWS: CreateModel reads the artifact with the execution role, and a new role
        takes time to be known everywhere (AWS: Troubleshoot IAM, "Changes that I make
        are not always immediately visible").
        """
        if is_throttled(error):
            return not request.waited_longer_than(WAIT_LIMIT, self.now())
        new_role = code_of(error) == "ValidationException" and any(
            words in words_of(error)
            for words in ("Could not access model data", "sts:AssumeRole")
        )
        return new_role and not request.waited_longer_than(
            PROPAGATION_LIMIT, self.now()
        )

    def _deleted(self, request: Request) -> Answer:
        name = request.resource
        if not _names(request).owns(name):
            return done()
        users = self._jobs_in_progress_with(name)
        if users:
            if request.waited_longer_than(WAIT_LIMIT, self.now()):
                raise LauncherError(
                    f"Model {name} was not deleted: still used by {', '.join(users)}.\n"
                    "Wait for these jobs or stop them, then delete again."
                )
            return not_yet()
        try:
            self.sagemaker.delete_model(ModelName=name)
        except ClientError as error:
            if is_throttled(error):
                return not_yet()
            if not is_missing(error):
                raise LauncherError(
                    sentence(f"Model {name} was not deleted.", words_of(error))
                ) from error
        return done()

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


def _names(request: Request) -> Names:
    return Names(
        environment=request.properties["Environment"],
        transform=request.properties["Transform"],
    )


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = typed(request.properties["Request"])
    return body
