"""The data perimeter as policy documents: buckets, endpoint, key and duties.

Pure functions from plain values to plain dictionaries. Every string may be a CDK
token except the people's role ARNs, so no value is parsed, sorted or compared.
"""

from private_transform.lock.buckets import bucket_policy
from private_transform.lock.digests import policy_digests
from private_transform.lock.duties import duty_policies
from private_transform.lock.endpoint import endpoint_policy
from private_transform.lock.key import key_policy
from private_transform.lock.perimeter import (
    ArtifactPlace,
    BucketKind,
    Buckets,
    Perimeter,
)
from private_transform.lock.policy import Document, Statement

__all__ = [
    "ArtifactPlace",
    "BucketKind",
    "Buckets",
    "Document",
    "Perimeter",
    "Statement",
    "bucket_policy",
    "duty_policies",
    "endpoint_policy",
    "key_policy",
    "policy_digests",
]
