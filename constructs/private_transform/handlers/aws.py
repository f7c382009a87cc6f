"""What the launcher asks of AWS, and how it reads AWS's errors.

The protocols name the calls that are made, with boto3's spelling; tests pass
simulations of them.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from botocore.exceptions import ClientError


class SageMaker(Protocol):
    """The calls to SageMaker."""

    def create_model(self, **request: Any) -> dict[str, Any]: ...

    def describe_model(self, *, ModelName: str) -> dict[str, Any]: ...

    def delete_model(self, *, ModelName: str) -> dict[str, Any]: ...

    def list_models(self, **request: Any) -> dict[str, Any]: ...

    def create_transform_job(self, **request: Any) -> dict[str, Any]: ...

    def describe_transform_job(self, *, TransformJobName: str) -> dict[str, Any]: ...

    def list_transform_jobs(self, **request: Any) -> dict[str, Any]: ...

    def stop_transform_job(self, *, TransformJobName: str) -> dict[str, Any]: ...


class S3(Protocol):
    """The calls to S3: names of objects, and objects of the control bucket only."""

    def list_objects_v2(self, **request: Any) -> dict[str, Any]: ...

    def head_object(self, **request: Any) -> dict[str, Any]: ...

    def put_object(self, **request: Any) -> dict[str, Any]: ...


class Logs(Protocol):
    """The calls to CloudWatch Logs."""

    def create_log_group(self, **request: Any) -> dict[str, Any]: ...

    def describe_log_groups(self, **request: Any) -> dict[str, Any]: ...

    def associate_kms_key(self, **request: Any) -> dict[str, Any]: ...

    def disassociate_kms_key(self, **request: Any) -> dict[str, Any]: ...

    def put_retention_policy(self, **request: Any) -> dict[str, Any]: ...


class Sns(Protocol):
    """The calls to SNS."""

    def publish(self, **request: Any) -> dict[str, Any]: ...


def code_of(error: ClientError) -> str:
    """AWS's error code, such as ValidationException."""
    return str(error.response["Error"].get("Code", ""))


def words_of(error: ClientError) -> str:
    """AWS's own words."""
    return str(error.response["Error"].get("Message", ""))


def is_missing(error: ClientError) -> bool:
    """Whether SageMaker says that the named thing does not exist.

    The API model names ResourceNotFound, the service answers ValidationException:
    both are accepted (AWS: DescribeTransformJob).
    """
    return code_of(error) in ("ResourceNotFound", "ValidationException") and (
        "could not find" in words_of(error).lower()
        or "does not exist" in words_of(error).lower()
    )


def is_throttled(error: ClientError) -> bool:
    """Whether the call is worth repeating unchanged."""
    return code_of(error) in (
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "InternalFailure",
        "InternalServerError",
        "ServiceUnavailable",
    )


def models_named(sagemaker: SageMaker, family: str) -> Iterator[str]:
    """Names of the models whose name starts with `family`."""
    for page in _pages(sagemaker.list_models, NameContains=family):
        for model in page["Models"]:
            if model["ModelName"].startswith(family):
                yield model["ModelName"]


def jobs(sagemaker: SageMaker, **filters: Any) -> Iterator[dict[str, Any]]:
    """Summaries of transform jobs, newest first."""
    newest_first = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    for page in _pages(sagemaker.list_transform_jobs, **newest_first, **filters):
        yield from page["TransformJobSummaries"]


def _pages(call: Any, **request: Any) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = call(MaxResults=100, **request, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
