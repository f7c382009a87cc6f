"""A log group under the environment's key."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


class EncryptedLogGroup(Construct):
    """A log group with our key and an end to its retention.

    CloudFormation names it after the stack: the key admits groups by that name, and a
    group that was kept is never in the way of a new deployment.

    Args:
        key: Encrypts the events; its policy must admit CloudWatch Logs.
        retention_in_days: A number of days that CloudWatch Logs offers.
        removal_policy: What happens to the group when it leaves the stack.

    Attributes:
        log_group: The group.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        retention_in_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self, "Resource", encryption_key=key, removal_policy=removal_policy
        )
        # RetentionDays names the days in words; the file has the number.
        resource = self.log_group.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = retention_in_days
