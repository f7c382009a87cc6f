"""The right to see which objects the data buckets hold, and to open none."""

from collections.abc import Iterator, Sequence

from private_transform.service_role import Statement, allow


def see_objects(
    *, names: Sequence[str], versions: Sequence[str]
) -> Iterator[Statement]:
    """List the buckets with these ARNs, as they are and with what they were."""
    yield allow("SeeObjects", ["s3:ListBucket"], names)
    yield allow("SeeVersions", ["s3:ListBucketVersions"], versions)
