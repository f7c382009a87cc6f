"""The log group of all transform jobs, with our key."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from private_transform.handlers.contract import JOB_LOG_GROUP, LOG_GROUP


class JobLogGroup(Construct):
    """Sees to it that `/aws/sagemaker/TransformJobs` carries a key and a retention.

    The group belongs to the whole account and region and may exist already, so it is
    no CloudFormation resource of its own: an existing one would stop the deployment.

    Args:
        service_token: The launcher's.
        key: Encrypts the logs.
        retention_in_days: How long they are kept.
        release_key: Whether the key is taken off when the environment is removed,
            because it goes with it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_token: str,
        key: kms.IKey,
        retention_in_days: int,
        release_key: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=service_token,
            resource_type=JOB_LOG_GROUP,
            properties={
                "LogGroupName": LOG_GROUP,
                "KeyArn": key.key_arn,
                "RetentionInDays": str(retention_in_days),
                "ReleaseKey": str(release_key).lower(),
            },
        )
        self.note = resource.get_att_string("Note")
