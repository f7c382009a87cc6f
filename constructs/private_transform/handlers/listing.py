"""Names of the objects below a prefix, folder markers aside; none is opened."""

import re
from collections.abc import Iterator
from datetime import datetime

from botocore.exceptions import ClientError

from .aws import S3, is_transient

LIMIT = 50_000
"""How many objects are listed at most: a function has to come to its end."""


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""AWS: General purpose bucket naming rules. SageMaker also takes https:// and access
points, which are not looked into."""


class UncountableError(Exception):
    """There are more objects than are listed, or they may not be listed."""


def objects(s3: S3, uri: str) -> Iterator[tuple[str, datetime]]:
    """What follows the folder of `uri` in each object's name, and when it was written.

    Raises:
        UncountableError: There are too many, or we have no right to see them.
        ClientError: The same call may succeed later.
    """
    bucket, prefix = parsed(uri)
    if not is_bucket(bucket):
        raise UncountableError
    folder = prefix[: prefix.rfind("/") + 1]
    request = {"Bucket": bucket, "Prefix": prefix}
    listed = 0
    while True:
        try:
            page = s3.list_objects_v2(**request)
        except ClientError as error:
            if is_transient(error):
                raise
            raise UncountableError from error
        for found in page.get("Contents", []):
            listed += 1
            if not found["Key"].endswith("/"):
                yield found["Key"].removeprefix(folder), found["LastModified"]
        if not page.get("IsTruncated"):
            return
        if listed >= LIMIT:
            raise UncountableError
        request["ContinuationToken"] = page["NextContinuationToken"]


def is_bucket(name: str) -> bool:
    """Whether objects can be listed in what a URI has in its bucket's place."""
    return _BUCKET.fullmatch(name) is not None


def parsed(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
