"""The bucket for access logs and the audit trail."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct


class LogBucket(Construct):
    """Receives what AWS's log delivery writes; not locked.

    It is encrypted with S3's own keys, because server access logs cannot be delivered
    to a bucket with SSE-KMS (AWS: Enabling Amazon S3 server access logging).

    Args:
        retention_in_days: After this many days a log is deleted.
        removal_policy: What happens to the bucket when it leaves the stack.

    Attributes:
        bucket: The bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retention_in_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Resource",
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="retention",
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                    expiration=cdk.Duration.days(retention_in_days),
                    noncurrent_version_expiration=cdk.Duration.days(7),
                )
            ],
            removal_policy=removal_policy,
        )
        # CDK keeps a bucket and deletes its policy: TLS would no longer be required.
        policy = self.bucket.policy
        assert policy is not None
        policy.apply_removal_policy(removal_policy)
