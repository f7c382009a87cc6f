"""SageMaker's API, as far as models and batch transform go."""

import asyncio
import contextvars
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from rehearsal.embedded.scope import Scope
from rehearsal.engine import EngineSettings
from rehearsal.sagemaker.access import Access
from rehearsal.sagemaker.errors import (
    ApiError,
    SerializationError,
    UnknownOperationError,
)
from rehearsal.sagemaker.jobs import TransformJobs
from rehearsal.sagemaker.models import Models
from rehearsal.sagemaker.platform import Platform
from rehearsal.sagemaker.runner import JobRunner
from rehearsal.sagemaker.shapes import check_request
from rehearsal.sagemaker.tags import Tags

INSTANCE_QUOTA: Final = 20
_THREADS: Final = 8

_Operation = Callable[[Access, Scope, Mapping[str, Any]], dict[str, Any]]


class SageMaker:
    """Answers requests in the protocol AWS JSON 1.1.

    Args:
        platform: The cloud around SageMaker.
        engine: How this machine runs transform jobs.
        inside: CreateModel reads artifacts through the model's endpoint.
        instance_quota: Instances of one type that may run at once.
    """

    def __init__(
        self,
        platform: Platform,
        engine: EngineSettings,
        *,
        inside: bool,
        instance_quota: int = INSTANCE_QUOTA,
    ) -> None:
        self._platform = platform
        # Requests of our own that wait for S3 must not take the threads that the
        # server answers S3 with.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sagemaker")
        self.runner = JobRunner(platform, engine)
        models = Models(platform, inside=inside)
        self.jobs = TransformJobs(
            platform, models.store, self.runner, instance_quota=instance_quota
        )
        tags = Tags(models.store, self.jobs.store)
        self._operations: Mapping[str, _Operation] = {
            "AddTags": tags.add,
            "CreateModel": models.create,
            "CreateTransformJob": self.jobs.create,
            "DeleteModel": models.delete,
            "DeleteTags": tags.delete,
            "DescribeModel": models.describe,
            "DescribeTransformJob": self.jobs.describe,
            "ListModels": models.list,
            "ListTags": tags.list,
            "ListTransformJobs": self.jobs.list,
            "StopTransformJob": self.jobs.stop,
        }

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one HTTP request; header names are in lower case."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, context.run, self.answer, headers, body
        )

    def answer(
        self, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request: status, headers and body."""
        answered = {"Content-Type": "application/x-amz-json-1.1"}
        try:
            answer = self._call(headers, body)
        except ApiError as error:
            answered["x-amzn-ErrorType"] = error.code
            told = {"__type": error.code, "message": error.message}
            return error.status, answered, json.dumps(told).encode()
        return 200, answered, json.dumps(answer).encode()

    def close(self) -> None:
        """Stop every job and its processes."""
        self.runner.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _call(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        if name not in self._operations:
            raise UnknownOperationError(f"the rehearsal does not know SageMaker {name}")
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            raise SerializationError(f"the request is not JSON: {error}") from error
        check_request(name, request)
        request = {key: value for key, value in request.items() if value is not None}
        access = Access(self._platform, self._platform.caller(headers))
        return self._operations[name](access, self._platform.scope(), request)
