"""What happens when a transform job of the environment ends."""

from collections.abc import Iterator, Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from private_transform.event_queue import EventQueue
from private_transform.handler_function import HandlerFunction
from private_transform.handlers.contract import ENDED, METRICS, OUTCOMES
from private_transform.jobs_of_ours import stop_jobs
from private_transform.lock import Buckets
from private_transform.object_names import see_objects
from private_transform.service_role import (
    Place,
    Statement,
    allow,
    policy_document,
)

_TIMEOUT_SECONDS = 60
"""Of the handler, which may list many names. An event that is ahead of SageMaker's own
answers, or that meets a fault, waits six times as long until it is handled again."""


class StateChanges(Construct):
    """One queue, one handler and one topic for every job and execution that ends.

    Jobs are known by the model's name: whoever starts one with one of our models, it
    is seen here (AWS: Events that Amazon SageMaker AI sends to Amazon EventBridge).
    Executions are known by the state machine's name (AWS: Automating Step Functions
    event delivery with EventBridge).

    Args:
        environment: The environment's name: what its models begin with.
        place: Where the environment is.
        role_path: IAM path of the handler's role.
        key: Encrypts the topic.
        buckets: Those with inputs and outputs, which are counted, and the one that
            takes the evidence.
        control_bucket: Name of the latter.
        log_group: Where the handler logs.
        emails: Addresses that hear of jobs that did not complete, and of tampering.

    Attributes:
        topic_arn: ARN of the topic that announces every job that ended, with its
            status as an attribute.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        place: Place,
        role_path: str,
        key: kms.IKey,
        buckets: Buckets,
        control_bucket: str,
        log_group: logs.ILogGroup,
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic_arn = self._topic(place, key.key_arn, emails)
        queue_arn = EventQueue(
            self,
            "Ended",
            event_patterns={
                f"Transform jobs of {environment} that ended": {
                    "source": ["aws.sagemaker"],
                    "detail-type": ["SageMaker Transform Job State Change"],
                    "detail": {
                        "ModelName": [{"prefix": f"{environment}-"}],
                        "TransformJobStatus": list(ENDED),
                    },
                },
                f"Executions of {environment} that ended": {
                    "source": ["aws.states"],
                    "detail-type": ["Step Functions Execution Status Change"],
                    "detail": {
                        "stateMachineArn": [
                            {
                                "prefix": place.arn(
                                    "states", f"stateMachine:{environment}-"
                                )
                            }
                        ],
                        "status": [{"anything-but": ["RUNNING"]}],
                    },
                },
            },
            handling_seconds=_TIMEOUT_SECONDS,
            topic_arn=self.topic_arn,
        ).queue_arn
        handler = HandlerFunction(
            self,
            "Handler",
            entry="on_state_change",
            description=f"Evidence and notification of the jobs of {environment}",
            role_path=role_path,
            statements=_rights(
                place,
                environment=environment,
                queue=queue_arn,
                topic=self.topic_arn,
                buckets=buckets,
                key=key.key_arn,
            ),
            log_group=log_group,
            timeout_seconds=_TIMEOUT_SECONDS,
            variables={
                "ENVIRONMENT": environment,
                "CONTROL_BUCKET": control_bucket,
                "TOPIC_ARN": self.topic_arn,
            },
        )
        lambda_.CfnEventSourceMapping(
            self,
            "Events",
            batch_size=1,
            event_source_arn=queue_arn,
            function_name=handler.function.function_name,
        )

    def _topic(self, place: Place, key_arn: str, emails: Sequence[str]) -> str:
        topic = sns.CfnTopic(self, "Topic", kms_master_key_id=key_arn)
        only_tls: Statement = {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic.ref,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        # AWS: Use Amazon SNS with encryption and CloudWatch alarms.
        alarms: Statement = {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic.ref,
            "Condition": {
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {"aws:SourceArn": place.arn("cloudwatch", "alarm:*")},
            },
        }
        sns.CfnTopicPolicy(
            self,
            "TopicPolicy",
            topics=[topic.ref],
            policy_document=policy_document([only_tls, alarms]),
        )
        for address in emails:
            sns.CfnSubscription(
                self,
                f"To {address}",
                topic_arn=topic.ref,
                protocol="email",
                endpoint=address,
                # An alarm's message has no such attribute: the run that it is about has
                # been told of already.
                filter_policy={"result": [{"anything-but": ["succeeded"]}]},
            )
        return topic.ref


def _rights(
    place: Place,
    *,
    environment: str,
    queue: str,
    topic: str,
    buckets: Buckets,
    key: str,
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
        "LookAtModels",
        ["sagemaker:DescribeModel"],
        [place.arn("sagemaker", f"model/{environment}-*")],
    )
    # When somebody stops an execution. Of a run in shards they are looked for.
    yield allow("ListJobs", ["sagemaker:ListTransformJobs"], ["*"])
    yield stop_jobs(place, environment)
    yield from see_objects(
        names=[buckets.outputs], versions=[buckets.models, buckets.inputs]
    )
    kept = [f"{buckets.control}/{each}/*" for each in ("claims", "ends", "evidence")]
    # Lists of failed inputs are read like manifests of runs.
    lists = f"{buckets.control}/manifests/*"
    # What queries see of it.
    outcomes = f"{buckets.control}/{OUTCOMES}*"
    yield allow("KeepEvidence", ["s3:PutObject"], [*kept, lists, outcomes])
    noted = [
        f"{buckets.control}/{each}/*"
        for each in ("launches", "manifests", "runs", "stops")
    ]
    yield allow("LookBack", ["s3:GetObject"], [*kept, *noted])
    # Without it S3 answers 403 for what is not there (AWS: HeadObject).
    yield allow("SeeWhatIsKept", ["s3:ListBucket"], [buckets.control])
    yield allow("Announce", ["sns:Publish"], [topic])
    yield allow(
        "CountFailedRuns",
        ["cloudwatch:PutMetricData"],
        ["*"],
        StringEquals={"cloudwatch:namespace": METRICS},
    )
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
