"""The right to see which objects the data buckets hold, and to open none."""

from collections.abc import Iterator

from private_transform.lock import Buckets
from private_transform.service_role import Statement, allow


def see_what_is_there(buckets: Buckets) -> Iterator[Statement]:
    """Names of artifacts with their versions, of inputs and of outputs."""
    yield allow("SeeWhatIsThere", ["s3:ListBucket"], list(buckets.data))
    yield allow("SeeVersionsOfArtifacts", ["s3:ListBucketVersions"], [buckets.models])
