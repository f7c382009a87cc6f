"""What happens when a transform job of the environment ends."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from private_transform.handlers.state_change import ENDED
from private_transform.launcher import HandlerFunction


class StateChanges(Construct):
    """One rule, one handler and one encrypted topic for every job that ends.

    The rule goes by the model's name: whoever starts a job with one of our models, it
    is seen here (AWS: Events from SageMaker AI).

    Args:
        environment: The environment's name: what its models begin with.
        role_path: IAM path of the handler's role.
        key: Encrypts the topic.
        control_bucket: Takes the evidence.
        log_group: Where the handler logs.
        emails: Addresses that hear of jobs that did not complete.

    Attributes:
        topic: Announces every job that ended, with its status as an attribute.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        role_path: str,
        key: kms.IKey,
        control_bucket: s3.IBucket,
        log_group: logs.ILogGroup,
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        unsuccessful = sns.SubscriptionFilter.string_filter(
            denylist=["Completed"],
        )
        for address in emails:
            self.topic.add_subscription(
                subscriptions.EmailSubscription(
                    address, filter_policy={"status": unsuccessful}
                )
            )
        handler = HandlerFunction(
            self,
            "Handler",
            entry="on_state_change",
            description=f"Evidence and notification of the jobs of {environment}",
            role_path=role_path,
            log_group=log_group,
            variables={
                "ENVIRONMENT": environment,
                "CONTROL_BUCKET": control_bucket.bucket_name,
                "TOPIC_ARN": self.topic.topic_arn,
            },
        )
        self._allow(handler.role, key, control_bucket)
        events.Rule(
            self,
            "Rule",
            description=f"Transform jobs of {environment} that ended",
            event_pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Transform Job State Change"],
                detail={
                    "ModelName": [{"prefix": f"{environment}-"}],
                    "TransformJobStatus": list(ENDED),
                },
            ),
            targets=[targets.LambdaFunction(handler.function)],
        )

    def _allow(self, role: iam.Role, key: kms.IKey, control_bucket: s3.IBucket) -> None:
        stack = cdk.Stack.of(self)
        written = [
            control_bucket.arn_for_objects(f"{place}/*")
            for place in ("evidence", "claims")
        ]
        for statement in (
            iam.PolicyStatement(
                sid="LookAtJobs",
                actions=["sagemaker:DescribeTransformJob"],
                resources=[
                    stack.format_arn(
                        service="sagemaker",
                        resource="transform-job",
                        resource_name="*",
                    )
                ],
            ),
            iam.PolicyStatement(
                sid="KeepEvidence",
                actions=["s3:GetObject", "s3:PutObject"],
                resources=written,
            ),
            # Without it S3 answers 403 for what is not there (AWS: HeadObject).
            iam.PolicyStatement(
                sid="SeeWhatIsThere",
                actions=["s3:ListBucket"],
                resources=[control_bucket.bucket_arn],
            ),
            iam.PolicyStatement(
                sid="Announce",
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            ),
            iam.PolicyStatement(
                sid="UseTheKeyThroughServices",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[key.key_arn],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": [
                            f"{service}.{stack.region}.amazonaws.com"
                            for service in ("s3", "sns")
                        ]
                    }
                },
            ),
        ):
            role.add_to_policy(statement)
