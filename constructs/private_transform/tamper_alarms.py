"""What tells people that somebody else than the deployment changes what protects."""

from collections.abc import Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.event_queue import EventQueue
from private_transform.handler_function import HandlerFunction
from private_transform.service_role import Place, allow
from private_transform.tampering import Protection, tampering

_TIMEOUT_SECONDS = 30
"""Of the handler, which makes one call."""


class TamperAlarms(Construct):
    """Tells the environment's topic of changes by hand, and of the break-glass role.

    CloudTrail's events reach EventBridge only where a trail of the region records
    management events: the environment's own, or with `audit: organization` that of the
    organization (AWS: AWS service events delivered via AWS CloudTrail). They come from
    the region that served the call. A role that is taken through STS's global endpoint,
    or by signing in elsewhere, is an event of another region, which is not heard here
    (AWS: Logging IAM and AWS STS API calls with AWS CloudTrail).

    A handler tells the topic and not EventBridge itself: the key's policy cannot bind
    EventBridge to this account (AWS: Managing Amazon SNS encryption keys and costs),
    and what is published by EventBridge has no attribute that a subscription's filter
    could let pass. While the key is disabled the topic takes nothing, and the queue
    keeps what was to be told.

    Args:
        environment: The environment's name.
        place: Where the environment is.
        role_path: IAM path of the handler's role.
        key: Encrypts the topic.
        log_group: Where the handler logs.
        topic_arn: Hears of each change.
        protection: What is watched.
        deployment_roles: ARNs of the roles whose changes are deployments.
        break_glass: ARNs of the roles whose use is told; `*` may end one.
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
        log_group: logs.ILogGroup,
        topic_arn: str,
        protection: Protection,
        deployment_roles: Sequence[str],
        break_glass: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        patterns = tampering(
            protection, deployment_roles=deployment_roles, break_glass=break_glass
        )
        queue_arn = EventQueue(
            self,
            "Changes",
            event_patterns={
                f"{environment}: {about}": pattern
                for about, pattern in patterns.items()
            },
            handling_seconds=_TIMEOUT_SECONDS,
            topic_arn=topic_arn,
        ).queue_arn
        handler = HandlerFunction(
            self,
            "Handler",
            entry="on_tampering",
            description=f"Tells who changes by hand what protects {environment}",
            role_path=role_path,
            statements=[
                allow(
                    "TakeEvents",
                    [
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                        "sqs:ReceiveMessage",
                    ],
                    [queue_arn],
                ),
                allow("Announce", ["sns:Publish"], [topic_arn]),
                allow(
                    "UseTheKeyThroughSns",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    [key.key_arn],
                    StringEquals={
                        "kms:ViaService": f"sns.{place.region}.amazonaws.com"
                    },
                ),
            ],
            log_group=log_group,
            timeout_seconds=_TIMEOUT_SECONDS,
            variables={"ENVIRONMENT": environment, "TOPIC_ARN": topic_arn},
        )
        lambda_.CfnEventSourceMapping(
            self,
            "Events",
            batch_size=1,
            event_source_arn=queue_arn,
            function_name=handler.function.function_name,
        )
