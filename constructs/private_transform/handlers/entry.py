"""The functions that Lambda calls: the one place where boto3 is bound.

Clients are made on first use, so that a function that needs one pays for one.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import boto3
from botocore.config import Config

from .dispatch import Dispatch
from .lifecycle import Answer
from .runs import Runs
from .state_change import StateChanges
from .tampering import told_of
from .watch import Watch

QUICK = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""For functions that look and note. A call that hangs fails before the function itself
is ended: then it is made again, while the end of the function would count as a failed
deployment."""

PATIENT = Config(
    connect_timeout=5,
    read_timeout=25,
    retries={"mode": "standard", "total_max_attempts": 2},
)
"""For the function that creates: SageMaker looks at artifact and inputs meanwhile."""


@cache
def _client(service: str, config: Config) -> Any:
    return boto3.client(service, config=config)


@cache
def _dispatch(config: Config) -> Dispatch:
    return Dispatch(
        sagemaker=partial(_client, "sagemaker", config),
        s3=partial(_client, "s3", config),
        logs=partial(_client, "logs", config),
        bucket=os.environ["CONTROL_BUCKET"],
        now=partial(datetime.now, UTC),
        log=print,
    )


def on_event(event: Mapping[str, Any], context: object) -> Answer:
    """Begin one request of CloudFormation."""
    return _dispatch(QUICK).begin(event)


def is_complete(event: Mapping[str, Any], context: object) -> Answer:
    """Go on with one request of CloudFormation; called until it is done."""
    return _dispatch(PATIENT).go_on(event)


def run(event: Mapping[str, Any], context: object) -> Answer:
    """Go on with one execution of a transform's state machine."""
    runs = Runs(
        sagemaker=_client("sagemaker", PATIENT),
        s3=_client("s3", PATIENT),
        bucket=os.environ["CONTROL_BUCKET"],
        now=partial(datetime.now, UTC),
    )
    return runs.go_on(event)


def watch(event: Mapping[str, Any], context: object) -> None:
    """Look at the jobs that run; called every few minutes."""
    Watch(
        sagemaker=_client("sagemaker", QUICK),
        s3=_client("s3", QUICK),
        cloudwatch=_client("cloudwatch", QUICK),
        bucket=os.environ["CONTROL_BUCKET"],
        environment=os.environ["ENVIRONMENT"],
        longest=timedelta(hours=int(os.environ["MAX_RUNTIME_IN_HOURS"])),
        now=partial(datetime.now, UTC),
    ).look()


def on_state_change(event: Mapping[str, Any], context: object) -> None:
    """Finish the run of each event that the queue holds; a failure leaves it there."""
    finish = StateChanges(
        sagemaker=_client("sagemaker", QUICK),
        s3=_client("s3", QUICK),
        sns=_client("sns", QUICK),
        cloudwatch=_client("cloudwatch", QUICK),
        bucket=os.environ["CONTROL_BUCKET"],
        topic=os.environ["TOPIC_ARN"],
        environment=os.environ["ENVIRONMENT"],
        now=partial(datetime.now, UTC),
    ).handle
    for message in event["Records"]:
        finish(json.loads(message["body"]))


def on_tampering(event: Mapping[str, Any], context: object) -> None:
    """Tell of each call that the queue holds; a failure leaves it there."""
    for message in event["Records"]:
        _client("sns", QUICK).publish(
            TopicArn=os.environ["TOPIC_ARN"],
            **told_of(
                json.loads(message["body"]), environment=os.environ["ENVIRONMENT"]
            ),
        )
