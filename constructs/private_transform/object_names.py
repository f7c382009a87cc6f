"""The right to see which objects the data buckets hold, and to open none."""

from collections.abc import Iterator

from private_transform.lock import Buckets
from private_transform.service_role import Statement, allow


def see_objects(buckets: Buckets) -> Iterator[Statement]:
    """Names of artifacts, inputs and outputs, and versions of what jobs read."""
    yield allow("SeeObjects", ["s3:ListBucket"], list(buckets.data))
    yield allow(
        "SeeVersions", ["s3:ListBucketVersions"], [buckets.models, buckets.inputs]
    )
