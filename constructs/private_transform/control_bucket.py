"""The bucket for what the environment writes about its runs."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from private_transform.encrypted_bucket import encrypted_bucket


class ControlBucket(Construct):
    """Manifests, run evidence, notification claims, requests; encrypted, not locked.

    What the launcher and the watch read and write lies below `requests/`, `launches/`,
    `claims/` and `ends/` under S3's own key: when ours is disabled, a failed deployment
    must still be rolled back. No name of an input is among it.

    EventBridge hears of what is put here, which is how an upload begins a run.

    What acts from outside the endpoint writes here, so the data buckets need no
    exception for it. Names of input objects stand in manifests: treat them as
    confidentially as the data.

    Args:
        key: Encrypts every other object.
        logs_bucket: Receives the access logs.
        noncurrent_versions_in_days: How long a replaced object can be brought back.
        removal_policy: What happens to the bucket when it leaves the stack.

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
        self.bucket = encrypted_bucket(
            self,
            key=key,
            logs_bucket=logs_bucket,
            noncurrent_versions_in_days=noncurrent_versions_in_days,
            removal_policy=removal_policy,
            enforce_tls=True,
        )
        # CDK's own switch for it would bring a function with rights to every bucket.
        resource = self.bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
            True,
        )
        # CDK keeps a bucket and deletes its policy: TLS would no longer be required.
        policy = self.bucket.policy
        assert policy is not None
        policy.apply_removal_policy(removal_policy)
