"""What is known of a job when it is started, kept for its evidence.

Later it cannot be known any more: an artifact is overwritten, a model is deleted, a
policy is deployed anew.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from .aws import S3, is_transient
from .listing import is_bucket, parsed


def facts_of_model(
    s3: S3, model: Mapping[str, Any], declared: Mapping[str, str]
) -> dict[str, Any]:
    """Where and with what a model runs.

    Args:
        s3: Calls to S3, to see which version of an artifact is there.
        model: What DescribeModel says of it.
        declared: SHA-256 of artifacts by their URIs.
    """
    containers = model.get("Containers") or [model.get("PrimaryContainer", {})]
    return {
        "name": model["ModelName"],
        "execution_role": model.get("ExecutionRoleArn"),
        "network_isolation": model.get("EnableNetworkIsolation", False),
        "subnets": sorted(model.get("VpcConfig", {}).get("Subnets", [])),
        "security_groups": sorted(
            model.get("VpcConfig", {}).get("SecurityGroupIds", [])
        ),
        "containers": [_facts_of_container(s3, each, declared) for each in containers],
    }


def _facts_of_container(
    s3: S3, container: Mapping[str, Any], declared: Mapping[str, str]
) -> dict[str, Any]:
    image, url = container.get("Image"), container.get("ModelDataUrl")
    package = container.get("ModelPackageName")
    _, _, digest = (image or "").partition("@")
    return {
        **({"image": image} if image else {}),
        **({"image_digest": digest} if digest else {}),
        **({"model_package": package} if package else {}),
        **({"artifact": _facts_of_artifact(s3, url, declared)} if url else {}),
    }


def _facts_of_artifact(s3: S3, url: str, declared: Mapping[str, str]) -> dict[str, Any]:
    """The version that a job gets now; of another's bucket only the place is known."""
    bucket, key = parsed(url)
    version = _newest_version(s3, bucket, key)
    return {
        "s3_uri": url,
        **({"declared_sha256": declared[url]} if url in declared else {}),
        **({"version_id": version["VersionId"]} if version else {}),
        **({"etag": version["ETag"].strip('"')} if version else {}),
        **({"size": version["Size"]} if version else {}),
    }


def _newest_version(s3: S3, bucket: str, key: str) -> Mapping[str, Any] | None:
    """A key's own versions are listed before those of longer keys, newest first."""
    if not is_bucket(bucket):
        return None
    try:
        page = s3.list_object_versions(Bucket=bucket, Prefix=key, MaxKeys=1)
    except ClientError as error:
        if is_transient(error):
            raise
        return None
    found = [each for each in page.get("Versions", []) if each["Key"] == key]
    return found[0] if found else None
