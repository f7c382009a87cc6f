"""The functions that Lambda calls: the one place where boto3 is bound.

Clients are made on first use, so that a function that needs one pays for one.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from . import job, log_group, model, patience
from .lifecycle import Answer, Request, Resource, loggable
from .ownership import Maker, Owner
from .state_change import StateChanges

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""A call that hangs fails well before the function itself is ended: then it is asked
again, while the end of the function would count as a failed deployment."""


@cache
def _client(service: str) -> Any:
    return boto3.client(service, config=_CONFIG)


def _now() -> datetime:
    return datetime.now(UTC)


def _owner(maker: Maker) -> Owner:
    return Owner(
        maker=maker, s3=_client("s3"), bucket=os.environ["CONTROL_BUCKET"], now=_now
    )


_RESOURCES: Mapping[str, Callable[[], Resource]] = {
    model.RESOURCE_TYPE: lambda: _owner(
        model.TransformModel(sagemaker=_client("sagemaker"), s3=_client("s3"), now=_now)
    ),
    job.RESOURCE_TYPE: lambda: _owner(
        job.TransformJob(sagemaker=_client("sagemaker"), now=_now)
    ),
    log_group.RESOURCE_TYPE: lambda: log_group.JobLogGroup(
        logs=_client("logs"), now=_now
    ),
}


def on_event(event: Mapping[str, Any], context: object) -> Answer:
    """Begin one request of CloudFormation."""
    _log("request", event)
    resource = _RESOURCES[event["ResourceType"]]()
    return patience.begin(resource, Request.from_event(event))


def is_complete(event: Mapping[str, Any], context: object) -> Answer:
    """Go on with one request of CloudFormation; called until it is done."""
    resource = _RESOURCES[event["ResourceType"]]()
    answer = patience.finish(resource, Request.from_event(event), now=_now)
    if answer["IsComplete"]:
        _log("answer", {**answer, "RequestId": event["RequestId"]})
    return answer


def on_state_change(event: Mapping[str, Any], context: object) -> None:
    """Finish one job that ended."""
    StateChanges(
        sagemaker=_client("sagemaker"),
        s3=_client("s3"),
        sns=_client("sns"),
        bucket=os.environ["CONTROL_BUCKET"],
        topic=os.environ["TOPIC_ARN"],
        environment=os.environ["ENVIRONMENT"],
    ).handle(event)


def _log(what: str, content: Mapping[str, Any]) -> None:
    print(json.dumps({what: loggable(content)}, default=str))
