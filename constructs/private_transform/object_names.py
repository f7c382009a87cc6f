"""Rights to see which objects the data buckets hold, and to open none."""

from private_transform.lock import Buckets
from private_transform.service_role import Statement, allow


def see_objects(buckets: Buckets) -> Statement:
    """Names of artifacts, inputs and outputs."""
    return allow("SeeObjects", ["s3:ListBucket"], list(buckets.data))


def see_artifacts(buckets: Buckets) -> Statement:
    """Versions of artifacts."""
    return allow("SeeArtifacts", ["s3:ListBucketVersions"], [buckets.models])
