"""The policy of one duty, attached to the roles that people assume."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

_OF_IDENTITY_CENTER = re.compile(r":role/aws-reserved/sso\.amazonaws\.com/")


class Duty(Construct):
    """A managed policy that lets people do their duty and nothing else.

    Roles of IAM Identity Center take no policy from CloudFormation: put the policy's
    name into their permission set.

    Args:
        policy: The policy document.
        role_arns: The roles of the duty.
        path: IAM path of the policy.

    Attributes:
        policy_arn: ARN of the managed policy.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        policy: Mapping[str, Any],
        role_arns: Sequence[str],
        path: str,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = iam.CfnManagedPolicy(
            self,
            "Resource",
            policy_document=policy,
            path=path,
            roles=[
                arn.rpartition("/")[2]
                for arn in role_arns
                if not _OF_IDENTITY_CENTER.search(arn)
            ],
        )
        self.policy_arn = resource.ref
