"""The log group of all transform jobs, with our key."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from private_transform.environment import ENVIRONMENT_TAG
from private_transform.handlers.contract import JOB_LOG_GROUP, JOB_LOG_GROUP_TYPE


class JobLogGroup(Construct):
    """Sees to it that `/aws/sagemaker/TransformJobs` is there and carries a key.

    The group belongs to the whole account and region and may exist already, so it is
    no CloudFormation resource of its own: an existing one would stop the deployment.
    An existing one keeps its retention too, and the key that it has: of two
    environments in one place, the second one logs with the key of the first.

    Args:
        service_token: The launcher's.
        environment: The environment's name; a tag says that it made the group.
        key: Encrypts the logs.
        retention_in_days: How long they are kept in a group that was made here.
        release_key: Whether the key is taken off when the environment is removed,
            because it goes with it.

    Attributes:
        note: What became of the group, in words.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_token: str,
        environment: str,
        key: kms.IKey,
        retention_in_days: int,
        release_key: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=service_token,
            resource_type=JOB_LOG_GROUP_TYPE,
            properties={
                "LogGroupName": JOB_LOG_GROUP,
                "KeyArn": key.key_arn,
                "RetentionInDays": str(retention_in_days),
                "Tags": {ENVIRONMENT_TAG: environment},
                "ReleaseKey": str(release_key).lower(),
            },
        )
        self.note = resource.get_att_string("Note")
