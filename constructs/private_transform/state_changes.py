"""What happens when a transform job of the environment ends."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from private_transform.handlers.contract import ENDED
from private_transform.launcher import LONGEST_CALL_SECONDS, HandlerFunction
from private_transform.service_role import Place, Statement, allow

_KEPT = cdk.Duration.days(14)
"""As long as SQS keeps a message."""


class StateChanges(Construct):
    """One rule, one queue, one handler and one topic for every job that ends.

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
        queue = self._queue()
        handler = HandlerFunction(
            self,
            "Handler",
            entry="on_state_change",
            description=f"Evidence and notification of the jobs of {environment}",
            role_path=role_path,
            statements=_rights(
                Place.of(self),
                queue=queue.queue_arn,
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
        lambda_.CfnEventSourceMapping(
            self,
            "Events",
            batch_size=1,
            event_source_arn=queue.queue_arn,
            function_name=handler.function.function_name,
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
            targets=[targets.SqsQueue(queue)],
        )

    def _queue(self) -> sqs.Queue:
        """Keep each event until it is handled; a function alone would give up soon.

        Its messages are under SQS's key and not ours: when ours is disabled, jobs fail
        and their events must outlast that.
        """
        return sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_KEPT,
            # AWS: Using Lambda with Amazon SQS, six times the function's own timeout.
            visibility_timeout=cdk.Duration.seconds(6 * LONGEST_CALL_SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=100,
                queue=sqs.Queue(
                    self,
                    "Unhandled",
                    encryption=sqs.QueueEncryption.SQS_MANAGED,
                    enforce_ssl=True,
                    retention_period=_KEPT,
                ),
            ),
        )


def _rights(
    place: Place, *, queue: str, topic: str, control_bucket: str, key: str
) -> Iterator[Statement]:
    yield allow(
        "TakeEvents",
        ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        [queue],
    )
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
