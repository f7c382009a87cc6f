"""A queue that keeps each event until it is handled."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from private_transform.service_role import Statement, policy_document

_KEPT_SECONDS = 14 * 24 * 60 * 60
"""As long as SQS keeps a message."""

_TRIES = 1000
"""Before an event is put aside: as many as SQS allows. With a handler of half a minute
they take two days, long enough to enable a key."""


class EventQueue(Construct):
    """A queue, the rules that fill it, and a queue of what could not be handled.

    EventBridge gives up on a function after a few tries; a queue does not. The
    messages are under SQS's key and not ours: when ours is disabled, jobs fail, and
    their events must outlast that.

    Args:
        event_patterns: The events that are kept, by what they are, for a person in the
            console (AWS: Amazon EventBridge event patterns).
        handling_seconds: The longest that one event takes.
        topic_arn: Hears of events that could not be handled.

    Attributes:
        queue_arn: ARN of the queue.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        event_patterns: Mapping[str, Mapping[str, Any]],
        handling_seconds: int,
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        unhandled = self._queue("Unhandled")
        queue = self._queue(
            "Resource",
            # As long as Lambda may need (AWS: Using Lambda with Amazon SQS).
            visibility_timeout=6 * handling_seconds,
            redrive_policy={
                "deadLetterTargetArn": unhandled.attr_arn,
                "maxReceiveCount": _TRIES,
            },
        )
        self.queue_arn = queue.attr_arn
        rules = [
            events.CfnRule(
                self,
                f"Rule{number}",
                description=description,
                event_pattern=pattern,
                targets=[events.CfnRule.TargetProperty(arn=self.queue_arn, id="Queue")],
            )
            for number, (description, pattern) in enumerate(event_patterns.items(), 1)
        ]
        from_the_rules: Statement = {
            "Sid": "FromTheRules",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self.queue_arn,
            "Condition": {
                "ArnEquals": {"aws:SourceArn": [rule.attr_arn for rule in rules]}
            },
        }
        self._policy("Policy", queue, [from_the_rules])
        self._policy("UnhandledPolicy", unhandled, [])
        self._watch(unhandled, topic_arn)

    def _queue(self, construct_id: str, **properties: Any) -> sqs.CfnQueue:
        return sqs.CfnQueue(
            self,
            construct_id,
            sqs_managed_sse_enabled=True,
            message_retention_period=_KEPT_SECONDS,
            **properties,
        )

    def _watch(self, unhandled: sqs.CfnQueue, topic_arn: str) -> None:
        """AWS: Available CloudWatch metrics for Amazon SQS."""
        cloudwatch.CfnAlarm(
            self,
            "UnhandledAlarm",
            alarm_description="An event could not be handled: the function's log says "
            "why. Mend that, and move the messages back (AWS: Using dead-letter "
            "queues, redrive).",
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[{"name": "QueueName", "value": unhandled.attr_queue_name}],
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            threshold=0,
            comparison_operator="GreaterThanThreshold",
            # SQS tells nothing of queues that nobody uses.
            treat_missing_data="notBreaching",
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
        )

    def _policy(
        self, construct_id: str, queue: sqs.CfnQueue, allowed: Sequence[Statement]
    ) -> None:
        only_tls: Statement = {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue.attr_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        sqs.CfnQueuePolicy(
            self,
            construct_id,
            queues=[queue.ref],
            policy_document=policy_document([only_tls, *allowed]),
        )
