"""A versioned bucket under the environment's key, private and watched."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct


def encrypted_bucket(
    scope: Construct,
    *,
    key: kms.IKey,
    logs_bucket: s3.IBucket,
    noncurrent_versions_in_days: int,
    removal_policy: cdk.RemovalPolicy,
    enforce_tls: bool,
) -> s3.Bucket:
    """Create the main bucket of a construct.

    Args:
        scope: The construct; its id names the place of the access logs.
        key: Encrypts every object; S3 bucket keys keep the calls to KMS few.
        logs_bucket: Receives the access logs.
        noncurrent_versions_in_days: How long a replaced object can be brought back.
        removal_policy: What happens to the bucket when it leaves the stack.
        enforce_tls: Whether the bucket gets a policy that asks for TLS 1.2; a bucket
            with a lock has that in its lock.
    """
    return s3.Bucket(
        scope,
        "Resource",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        versioned=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=enforce_tls,
        minimum_tls_version=1.2 if enforce_tls else None,
        server_access_logs_bucket=logs_bucket,
        server_access_logs_prefix=f"access/{scope.node.id.lower()}/",
        lifecycle_rules=[
            s3.LifecycleRule(
                id="abandoned",
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                noncurrent_version_expiration=cdk.Duration.days(
                    noncurrent_versions_in_days
                ),
            )
        ],
        removal_policy=removal_policy,
    )
