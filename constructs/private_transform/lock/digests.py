"""Digests of the lock's documents: which policies were in force when a job ran."""

from private_transform.handlers.names import digest
from private_transform.lock.buckets import bucket_policy
from private_transform.lock.endpoint import endpoint_policy
from private_transform.lock.perimeter import BucketKind, Buckets, Perimeter

BY_NAME = Buckets(
    models="models", inputs="inputs", outputs="outputs", control="control"
)
"""What a digest holds in place of ARNs, which are not known before a deployment."""

KEY = "key"
ENDPOINT = "endpoint"

_KINDS: tuple[BucketKind, ...] = ("models", "inputs", "outputs")


def policy_digests(
    perimeter: Perimeter, trusted_endpoints: tuple[str, ...]
) -> dict[str, str]:
    """SHA-256 of the policy of each data bucket and of the endpoint.

    Of the document as JSON with sorted keys and without spaces, in which the words of
    this module stand for what the deployment names.

    Args:
        perimeter: Who may meet the data.
        trusted_endpoints: Ids of the endpoints beside the environment's own.
    """
    documents = {
        kind: bucket_policy(
            perimeter,
            kind,
            getattr(BY_NAME, kind),
            endpoint_ids=(ENDPOINT, *trusted_endpoints),
            key_arn=KEY,
        )
        for kind in _KINDS
    }
    return {
        **{kind: digest(document) for kind, document in documents.items()},
        "endpoint": digest(endpoint_policy(perimeter, BY_NAME)),
    }
