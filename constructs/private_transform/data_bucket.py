"""A bucket that answers only through the environment's endpoint."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from private_transform.encrypted_bucket import encrypted_bucket


class DataBucket(Construct):
    """Models, inputs or outputs: encrypted with our key, versioned and locked.

    Args:
        key: Encrypts every object; S3 bucket keys keep the calls to KMS few.
        logs_bucket: Receives the access logs, below the construct's id.
        noncurrent_versions_in_days: How long a replaced object can be brought back.
        removal_policy: What happens to bucket and lock when they leave the stack.

    Attributes:
        bucket: The bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        logs_bucket: s3.IBucket,
        noncurrent_versions_in_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._removal_policy = removal_policy
        self.bucket = encrypted_bucket(
            self,
            key=key,
            logs_bucket=logs_bucket,
            noncurrent_versions_in_days=noncurrent_versions_in_days,
            removal_policy=removal_policy,
            enforce_tls=False,
        )

    def expire(self, prefix: str, *, days: int) -> None:
        """Delete what lies below a prefix after some days."""
        self.bucket.add_lifecycle_rule(
            id="expired", prefix=prefix, expiration=cdk.Duration.days(days)
        )

    def lock(self, policy: Mapping[str, Any]) -> None:
        """Give the bucket its policy; it stays with the bucket, whatever happens.

        CloudFormation would keep the bucket and delete its policy, which would leave
        the data unlocked.
        """
        lock = s3.CfnBucketPolicy(
            self,
            "Lock",
            bucket=self.bucket.bucket_name,
            policy_document=policy,
        )
        lock.apply_removal_policy(self._removal_policy)
