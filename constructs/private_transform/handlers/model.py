"""Custom::TransformModel: a SageMaker model that lives as long as jobs need it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import S3, SageMaker, is_missing, is_transient, jobs, words_of
from .lifecycle import UNSEEN, Attributes, LauncherError, Properties, Request
from .names import digest, substance
from .propagation import may_pass
from .start import fault_of
from .typed import typed

_NAMED = 5
"""How many of the jobs in the way are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformModel:
    """Creates, keeps and deletes one transform's model.

    Properties: `Environment`, `Transform`, `Request` (CreateModel without ModelName),
    `Artifacts` (list of {Bucket, Key} in our models bucket), `UploadCommand`, `Run`
    (a change of it has the model looked at, and made anew if it is not there or not
    where it must be). Attributes: `ModelName`, `Digest`.

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

    def make(
        self,
        name: str,
        request: Request,
        *,
        before: Attributes | None,
        restores: bool,
        previous: Attributes | None,
    ) -> Attributes | None:
        """Create it, unless it is there; what was put in its place is removed.

        A roll-back leaves it as it is, for that must not fail: each start looks at it.
        """
        if restores:
            return before
        if not self._is_there(name, request):
            self._create(name, request)
            if not self._is_there(name, request):
                return None
        return {"ModelName": name, "Digest": _digest_of_results(request.properties)}

    def remove(self, name: str) -> str | None:
        """Delete it, unless a job still needs it, whoever started that."""
        users = self._jobs_in_progress_with(name)
        if users:
            more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
            return (
                f"Model {name} was not deleted, because jobs still use it: "
                f"{', '.join(users[:_NAMED])}{more}. Wait for them, or stop them with "
                "`aws sagemaker stop-transform-job --transform-job-name <job>`. Then "
                "remove the stack again; after an update the next change of the model "
                "or of `run` deletes it."
            )
        try:
            self.sagemaker.delete_model(ModelName=name)
        except ClientError as error:
            # We may delete by the model's tags, and what is not there has none: IAM
            # refuses before SageMaker looks.
            if not is_missing(error) and self._describe(name) is not None:
                raise
            return UNSEEN
        return None

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            return self.sagemaker.describe_model(ModelName=name)
        except ClientError as error:
            if is_missing(error):
                return None
            raise

    def _is_there(self, name: str, request: Request) -> bool:
        model = self._describe(name)
        if model is None:
            return False
        fault = fault_of(model, _body(request.properties)["VpcConfig"])
        if fault is None:
            return True
        try:
            obstacle = self.remove(name)
        except ClientError as error:
            if is_transient(error):
                raise
            raise LauncherError(
                sentence(
                    f"Somebody replaced the model: {name} {fault} Delete it, then "
                    "deploy again; the launcher deletes only what it made itself.",
                    words_of(error),
                )
            ) from error
        if obstacle not in (None, UNSEEN):
            raise LauncherError(str(obstacle))
        return False

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

        SageMaker reads the artifact with the execution role. A name that exists was
        created by another delivery of this request.
        """
        return "already existing model" in words_of(error) or may_pass(
            error, request, self.now()
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


def _digest_of_results(properties: Properties) -> str:
    """What of a model decides about a job's results: not who it acts as.

    A stack that is made anew has another role, and need not pay for the same again.
    """
    decides = substance(_body(properties))
    return digest({k: v for k, v in decides.items() if k != "ExecutionRoleArn"})


def _body(properties: Properties) -> dict[str, Any]:
    body: dict[str, Any] = typed(properties["Request"])
    return body
