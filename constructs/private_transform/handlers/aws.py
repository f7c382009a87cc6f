"""What the launcher asks of AWS, and how it reads AWS's errors.

The protocols name the calls that are made, with boto3's spelling; tests pass
simulations of them.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

FAILURES = (ClientError, HTTPClientError, NoConnectionError)
"""What a call may fail with: AWS's answer, a connection cut off, or none at all."""


class SageMaker(Protocol):
    """The calls to SageMaker."""

    def create_model(self, **request: Any) -> dict[str, Any]: ...

    def describe_model(self, *, ModelName: str) -> dict[str, Any]: ...

    def delete_model(self, *, ModelName: str) -> dict[str, Any]: ...

    def create_transform_job(self, **request: Any) -> dict[str, Any]: ...

    def describe_transform_job(self, *, TransformJobName: str) -> dict[str, Any]: ...

    def list_transform_jobs(self, **request: Any) -> dict[str, Any]: ...

    def stop_transform_job(self, *, TransformJobName: str) -> dict[str, Any]: ...


class S3(Protocol):
    """The calls to S3: names of objects, and objects of the control bucket only."""

    def list_objects_v2(self, **request: Any) -> dict[str, Any]: ...

    def list_object_versions(self, **request: Any) -> dict[str, Any]: ...

    def get_object(self, **request: Any) -> dict[str, Any]: ...

    def head_object(self, **request: Any) -> dict[str, Any]: ...

    def put_object(self, **request: Any) -> dict[str, Any]: ...


class Logs(Protocol):
    """The calls to CloudWatch Logs."""

    def create_log_group(self, **request: Any) -> dict[str, Any]: ...

    def describe_log_groups(self, **request: Any) -> dict[str, Any]: ...

    def associate_kms_key(self, **request: Any) -> dict[str, Any]: ...

    def disassociate_kms_key(self, **request: Any) -> dict[str, Any]: ...

    def list_tags_for_resource(self, **request: Any) -> dict[str, Any]: ...

    def put_retention_policy(self, **request: Any) -> dict[str, Any]: ...


class CloudWatch(Protocol):
    """The calls to CloudWatch."""

    def put_metric_data(self, **request: Any) -> dict[str, Any]: ...


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
    if code_of(error) == "ResourceNotFound":
        return True
    words = words_of(error).lower()
    return code_of(error) == "ValidationException" and (
        "could not find" in words or "does not exist" in words
    )


def said_by(error: Exception) -> str:
    """AWS's own words, or what became of the connection."""
    return words_of(error) if isinstance(error, ClientError) else str(error)


def is_transient(error: Exception) -> bool:
    """Whether the same call may succeed later: throttled, AWS's fault, or cut off."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or code_of(error) in _PASSING
    return isinstance(error, FAILURES)


_PASSING = frozenset(
    {
        "ConditionalRequestConflict",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "OperationAbortedException",
        "PreconditionFailed",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def describe(sagemaker: SageMaker, job: str) -> dict[str, Any] | None:
    """What DescribeTransformJob says of a job; None if there is none."""
    try:
        return sagemaker.describe_transform_job(TransformJobName=job)
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def stop(sagemaker: SageMaker, job: str) -> None:
    """Stop a job that was running a moment ago."""
    try:
        sagemaker.stop_transform_job(TransformJobName=job)
    except ClientError as error:
        # It ended between the look and the stop: the next look sees that.
        if code_of(error) != "ValidationException":
            raise


def jobs(sagemaker: SageMaker, **filters: Any) -> Iterator[dict[str, Any]]:
    """Summaries of transform jobs, newest first."""
    request = {"SortBy": "CreationTime", "SortOrder": "Descending", **filters}
    token: dict[str, str] = {}
    while True:
        page = sagemaker.list_transform_jobs(MaxResults=100, **request, **token)
        yield from page["TransformJobSummaries"]
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
