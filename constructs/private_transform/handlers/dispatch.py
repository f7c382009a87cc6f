"""Which resource serves a request, and what of it is logged."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import contract, job, log_group, model, patience
from .aws import S3, Logs, SageMaker
from .lifecycle import Answer, Request, Resource, loggable
from .ownership import Maker, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Serves all custom resources; the events are those of the provider framework.

    Args:
        sagemaker: Makes the client of SageMaker; called when a request needs it.
        s3: Makes the client of S3.
        logs: Makes the client of CloudWatch Logs.
        bucket: The control bucket.
        now: The clock.
        log: Takes one line.
    """

    sagemaker: Callable[[], SageMaker]
    s3: Callable[[], S3]
    logs: Callable[[], Logs]
    bucket: str
    now: Callable[[], datetime]
    log: Callable[[str], None]

    def begin(self, event: Mapping[str, Any]) -> Answer:
        """Begin one request of CloudFormation."""
        self._log("request", event)
        return patience.begin(self._resource(event), Request.from_event(event))

    def go_on(self, event: Mapping[str, Any]) -> Answer:
        """Go on with one request of CloudFormation; called until it is done."""
        resource, request = self._resource(event), Request.from_event(event)
        answer = patience.finish(resource, request, now=self.now)
        if answer["IsComplete"]:
            self._log("answer", {**event, **answer})
        return answer

    def _resource(self, event: Mapping[str, Any]) -> Resource:
        match event["ResourceType"]:
            case contract.MODEL_TYPE:
                return self._owner(
                    model.TransformModel(
                        sagemaker=self.sagemaker(), s3=self.s3(), now=self.now
                    )
                )
            case contract.JOB_TYPE:
                return self._owner(
                    job.TransformJob(
                        sagemaker=self.sagemaker(),
                        s3=self.s3(),
                        bucket=self.bucket,
                        now=self.now,
                    )
                )
            case contract.JOB_LOG_GROUP_TYPE:
                return log_group.JobLogGroup(logs=self.logs(), now=self.now)
            case unknown:
                raise ValueError(f"no handler for the resource type {unknown}")

    def _owner(self, maker: Maker) -> Owner:
        return Owner(maker=maker, s3=self.s3(), bucket=self.bucket, now=self.now)

    def _log(self, what: str, content: Mapping[str, Any]) -> None:
        self.log(json.dumps({what: loggable(content)}))
