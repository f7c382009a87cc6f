"""Names of the objects below a prefix, folder markers aside; none is opened."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .aws import S3, is_transient

LIMIT = 50_000
"""How many objects are listed at most: a function has to come to its end."""


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""AWS: General purpose bucket naming rules. SageMaker also takes https:// and access
points, which are not looked into."""


class UncountableError(Exception):
    """There are more objects than are listed, or they may not be listed."""


def entries(s3: S3, uri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What follows the folder of `uri` in each object's name, and what S3 lists of it.

    Raises:
        UncountableError: There are too many, or we have no right to see them.
        ClientError: The same call may succeed later.
    """
    folder = folder_of(uri)
    for page in _pages(s3.list_objects_v2, uri, {"ContinuationToken"}):
        for found in page.get("Contents", []):
            if not found["Key"].endswith("/"):
                yield found["Key"].removeprefix(folder), found


def is_there(s3: S3, uri: str) -> bool:
    """Whether there is an object of this name; it is not opened.

    Raises:
        UncountableError: We have no right to see it.
        ClientError: The same call may succeed later.
    """
    _, key = parsed(uri)
    page = next(_pages(s3.list_objects_v2, uri, {"ContinuationToken"}))
    # S3 lists names in order, and the name itself before longer ones.
    return any(found["Key"] == key for found in page.get("Contents", [])[:1])


def objects_by_age(s3: S3, uri: str, moment: datetime) -> tuple[list[str], list[str]]:
    """What follows the folder of `uri` in the names of objects, then and since.

    By their versions, so that it is the same whatever was written or deleted since.

    Returns:
        The objects that were there at `moment`, and those that only came later.

    Raises:
        UncountableError: There are too many, or we have no right to see them.
        ClientError: The same call may succeed later.
    """
    newest: dict[str, tuple[datetime, bool]] = {}
    later: set[str] = set()
    for page in _pages(s3.list_object_versions, uri, {"KeyMarker", "VersionIdMarker"}):
        for kind, there in (("Versions", True), ("DeleteMarkers", False)):
            for found in page.get(kind, []):
                key, written = found["Key"], found["LastModified"]
                earlier = newest.get(key)
                if written > moment:
                    later.add(key)
                elif earlier is None or earlier[0] < written:
                    newest[key] = written, there
    then = {key for key, (_, there) in newest.items() if there}
    folder = folder_of(uri)
    return _named(then, folder), _named(later - then, folder)


def _named(keys: Iterable[str], folder: str) -> list[str]:
    return [key.removeprefix(folder) for key in sorted(keys) if not key.endswith("/")]


def _pages(
    read: Callable[..., dict[str, Any]], uri: str, markers: set[str]
) -> Iterator[dict[str, Any]]:
    bucket, prefix = parsed(uri)
    if not is_bucket(bucket):
        raise UncountableError
    request = {"Bucket": bucket, "Prefix": prefix}
    listed = 0
    while True:
        try:
            page = read(**request)
        except ClientError as error:
            if is_transient(error):
                raise
            raise UncountableError from error
        yield page
        if not page.get("IsTruncated"):
            return
        kinds = ("Contents", "Versions", "DeleteMarkers")
        listed += sum(len(page.get(kind, [])) for kind in kinds)
        if listed >= LIMIT:
            raise UncountableError
        request |= {each: page[f"Next{each}"] for each in markers}


def folder_of(uri: str) -> str:
    """The key of `uri` up to its last slash."""
    _, key = parsed(uri)
    return key[: key.rfind("/") + 1]


def is_bucket(name: str) -> bool:
    """Whether objects can be listed in what a URI has in its bucket's place."""
    return _BUCKET.fullmatch(name) is not None


def parsed(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
