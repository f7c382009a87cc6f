"""The right to see which objects the data buckets hold, and to open none."""

from collections.abc import Iterator

from private_transform.lock import Buckets
from private_transform.service_role import Statement, allow


def count_inputs_and_outputs(buckets: Buckets) -> Iterator[Statement]:
    """What was there when a job began, by versions, and what it wrote."""
    yield allow("SeeInputs", ["s3:ListBucketVersions"], [buckets.inputs])
    yield allow("SeeOutputs", ["s3:ListBucket"], [buckets.outputs])


def see_versions_of_artifacts(buckets: Buckets) -> Statement:
    """Which one a job that starts now would get."""
    return allow("SeeArtifacts", ["s3:ListBucketVersions"], [buckets.models])


def see_what_is_there(buckets: Buckets) -> Statement:
    """Whether an artifact was uploaded, and how many inputs a smoke run has."""
    return allow("SeeUploads", ["s3:ListBucket"], [buckets.models, buckets.inputs])
