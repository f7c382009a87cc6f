"""The key that encrypts everything the environment holds."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct


class DataKey(Construct):
    """A rotating KMS key with exactly the policy it is given.

    The key is handed on by its ARN: CDK cannot add to the policy of a key that it
    only knows by ARN, so what reviewers read here is the whole policy.

    Args:
        policy: The complete key policy.
        alias: Name of the key, without `alias/`.
        rotation_period_in_days: 90 to 2560 (AWS: AWS::KMS::Key).
        pending_window_in_days: Days between deletion and the end, 7 to 30.
        removal_policy: What happens to the key when it leaves the stack.

    Attributes:
        key: The key, by ARN.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        policy: Mapping[str, Any],
        alias: str,
        rotation_period_in_days: int,
        pending_window_in_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = kms.CfnKey(
            self,
            "Resource",
            description=f"Private batch transform: {alias}",
            key_policy=policy,
            enable_key_rotation=True,
            rotation_period_in_days=rotation_period_in_days,
            pending_window_in_days=pending_window_in_days,
        )
        resource.apply_removal_policy(removal_policy)
        kms.CfnAlias(
            self, "Alias", alias_name=f"alias/{alias}", target_key_id=resource.ref
        )
        self.key = kms.Key.from_key_arn(self, "Key", resource.attr_arn)
