"""Somebody who hears of the environment's runs: a queue that follows its topic."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from private_transform.handlers.contract import TAMPERING
from rehearsal.company import Company
from rehearsal.report import NotificationRow

_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Reads what was told.

    Args:
        sqs: A client of SQS.
        queue: URL of the queue.
    """

    sqs: Any
    queue: str

    def heard(self, runs: int) -> tuple[NotificationRow, ...]:
        """What was told, in order; waits a while until all runs were told of.

        Args:
            runs: How many there were.
        """
        return self._until(lambda found: told_of(found) >= runs)

    def warned(self, *of: str) -> tuple[NotificationRow, ...]:
        """What was told, in order; waits a while until it was warned of all this.

        Args:
            of: How subjects begin.
        """
        return self._until(
            lambda found: all(
                any(each.subject.startswith(subject) for each in found)
                for subject in of
            )
        )

    def _until(
        self, enough: Callable[[list[NotificationRow]], bool]
    ) -> tuple[NotificationRow, ...]:
        found: list[NotificationRow] = []
        deadline = time.monotonic() + _SECONDS
        while not enough(found) and time.monotonic() < deadline:
            found += self._next()
        return (*found, *self._next())

    def _next(self) -> Iterator[NotificationRow]:
        answer = self.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        for message in answer.get("Messages", []):
            self.sqs.delete_message(
                QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
            )
            told = json.loads(message["Body"])
            result = told.get("MessageAttributes", {}).get("result", {})
            yield NotificationRow(
                subject=told["Subject"],
                message=told["Message"],
                result=result.get("Value"),
            )


def told_of(notifications: Iterable[NotificationRow]) -> int:
    """How many runs were told of."""
    return sum(each.result not in (None, TAMPERING) for each in notifications)


@contextmanager
def subscribed(company: Company) -> Iterator[Subscriber]:
    """Follow the environment's topic for a while."""
    sqs, sns = company.client("sqs"), company.client("sns")
    topic = company.outputs("operations")["TopicArn"]
    queue = sqs.create_queue(QueueName=f"{company.environment.name}-subscriber")[
        "QueueUrl"
    ]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    try:
        yield Subscriber(sqs=sqs, queue=queue)
    finally:
        sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
        sqs.delete_queue(QueueUrl=queue)
