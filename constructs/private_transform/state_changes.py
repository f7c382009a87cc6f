"""What happens when a transform job of the environment ends."""

from collections.abc import Iterator, Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from private_transform.handlers.state_change import ENDED
from private_transform.launcher import HandlerFunction
from private_transform.service_role import Place, Statement, allow


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
            statements=_rights(
                Place.of(self),
                topic=self.topic.topic_arn,
                control_bucket=control_bucket.bucket_arn,
                key=key.key_arn,
            ),
            log_group=log_group,
            variables={
                "ENVIRONMENT": environment,
                "CONTROL_BUCKET": control_bucket.bucket_name,
                "TOPIC_ARN": self.topic.topic_arn,
            },
        )
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


def _rights(
    place: Place, *, topic: str, control_bucket: str, key: str
) -> Iterator[Statement]:
    yield allow(
        "LookAtJobs",
        ["sagemaker:DescribeTransformJob"],
        [place.arn("sagemaker", "transform-job/*")],
    )
    yield allow(
        "KeepEvidence",
        ["s3:GetObject", "s3:PutObject"],
        [f"{control_bucket}/evidence/*", f"{control_bucket}/claims/*"],
    )
    # Without it S3 answers 403 for what is not there (AWS: HeadObject).
    yield allow("SeeWhatIsThere", ["s3:ListBucket"], [control_bucket])
    yield allow("Announce", ["sns:Publish"], [topic])
    yield allow(
        "UseTheKeyThroughServices",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [key],
        StringEquals={
            "kms:ViaService": [
                f"{service}.{place.region}.amazonaws.com" for service in ("s3", "sns")
            ]
        },
    )
