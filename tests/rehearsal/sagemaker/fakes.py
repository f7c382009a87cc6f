"""A cloud around SageMaker that a test can bend."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from rehearsal.embedded.scope import Scope
from rehearsal.engine import Storage
from rehearsal.sagemaker.platform import Conditions
from rehearsal.sagemaker.service import SageMaker
from tests.rehearsal.engine.fakes import MemoryStorage

ROLE = "arn:aws:iam::123456789012:role/private-transform/execution/echo"
HERE = Scope(account="123456789012", region="us-east-1")


class FakePlatform:
    """Everything is allowed and there, until a test takes it away."""

    def __init__(self) -> None:
        self.where = HERE
        self.time = 1_700_000_000.0
        self.outside = MemoryStorage()
        self.inside = MemoryStorage()
        self.inside.objects = self.outside.objects
        self.denied: set[tuple[str, str]] = set()
        self.asked: list[tuple[str, str, str, Conditions]] = []
        self.roles = {ROLE}
        self.trusting = {ROLE}
        self.mistrusted: set[str] = set()
        self.vpcs = {"subnet-1": "vpc-1", "subnet-2": "vpc-1"}
        self.endpoint: str | None = "https://endpoint"
        self.events: list[Mapping[str, Any]] = []
        self.resources: list[str] = []
        self.log_groups = {"/aws/sagemaker/TransformJobs"}
        self.logs: dict[tuple[str, str], list[str]] = {}

    def scope(self) -> Scope:
        return self.where

    def within(self, scope: Scope) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> float:
        self.time += 1
        return self.time

    def caller(self, headers: Mapping[str, str]) -> str:
        return "caller"

    def assume(self, role_arn: str) -> str:
        if role_arn not in self.roles:
            raise LookupError(role_arn)
        return role_arn

    def denial(
        self, principal: str, action: str, resource: str, conditions: Conditions
    ) -> str | None:
        self.asked.append((principal, action, resource, conditions))
        if (principal, action) in self.denied:
            return f"User: {principal} is not authorized to perform: {action}"
        return None

    def trusts_sagemaker(self, role_arn: str, source_arn: str) -> bool:
        return role_arn in self.trusting and source_arn not in self.mistrusted

    def vpc_of(self, subnet_id: str) -> str | None:
        return self.vpcs.get(subnet_id)

    def endpoint_of(self, subnet_ids: Sequence[str]) -> str | None:
        return self.endpoint

    def storage(self, role_arn: str, endpoint: str | None) -> Storage:
        self.assume(role_arn)
        return self.inside if endpoint else self.outside

    def emit(self, detail_type: str, resource: str, detail: Mapping[str, Any]) -> None:
        self.events.append(detail)
        self.resources.append(resource)

    def log_group_exists(self, group: str) -> bool:
        return group in self.log_groups

    def write_log(self, group: str, stream: str, lines: Iterable[str]) -> None:
        self.logs.setdefault((group, stream), []).extend(lines)

    def conditions_of(self, principal: str, action: str) -> Conditions:
        [conditions] = [
            conditions
            for asker, asked, _, conditions in self.asked
            if (asker, asked) == (principal, action)
        ]
        return conditions

    def resources_of(self, principal: str, action: str) -> list[str]:
        return [
            resource
            for asker, asked, resource, _ in self.asked
            if (asker, asked) == (principal, action)
        ]


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def client_of(service: SageMaker) -> Any:
    """A boto3 client whose requests the service answers without a network."""

    def answer(request: Any, **_: object) -> AWSResponse:
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        status, answered, body = service.answer(headers, request.body)
        return AWSResponse(request.url, status, answered, _Raw(body))

    client = boto3.client(
        "sagemaker",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.meta.events.register("before-send.sagemaker", answer)
    return client


def sender_of(service: SageMaker) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Sends requests that an SDK would not let through."""

    def send(operation: str, **request: object) -> tuple[int, dict[str, Any]]:
        headers = {"x-amz-target": f"SageMaker.{operation}"}
        status, _, body = service.answer(headers, json.dumps(request).encode())
        return status, json.loads(body)

    return send
