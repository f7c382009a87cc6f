"""SageMaker in the embedded AWS, which is its cloud."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import boto3
from botocore.config import Config

from rehearsal.embedded import endpoint, identity, services
from rehearsal.embedded.scope import Scope
from rehearsal.embedded.settings import Settings
from rehearsal.engine import EngineSettings, S3Storage
from rehearsal.sagemaker.platform import Conditions
from rehearsal.sagemaker.service import SageMaker

_SESSION_NAME = "SageMaker"


def serve(settings: Settings) -> Callable[[], None]:
    """Serve SageMaker in the embedded AWS of this process.

    Args:
        settings: The embedded AWS's settings.

    Returns:
        What ends every running job, to be called when the embedded AWS ends.
    """
    engine = EngineSettings(commands=settings.images, work=settings.folder / "jobs")
    sagemaker = SageMaker(
        MiniStackPlatform(), engine, inside=settings.api_reads == "inside"
    )
    services.register("sagemaker", sagemaker, target_prefix="SageMaker.")
    return sagemaker.close


class MiniStackPlatform:
    """Binds the embedded AWS's hooks to what SageMaker asks of a cloud."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        # boto3 sessions, unlike their clients, are for one thread at a time.
        self._session_lock = threading.Lock()

    def scope(self) -> Scope:
        """Account and region of the current request or thread."""
        return identity.scope()

    def within(self, scope: Scope) -> AbstractContextManager[None]:
        """Act in an account and region."""
        return identity.scoped(scope)

    def now(self) -> float:
        """The time, in seconds since the epoch."""
        return time.time()

    def caller(self, headers: Mapping[str, str]) -> identity.Principal:
        """The principal that signed a request with these headers."""
        return identity.caller(headers)

    def assume(self, role_arn: str) -> identity.Principal:
        """The principal that SageMaker becomes with a role."""
        return identity.role_session(role_arn, _SESSION_NAME)

    def denial(
        self,
        principal: identity.Principal,
        action: str,
        resource: str,
        conditions: Conditions,
    ) -> str | None:
        """Why a principal may not do something, in AWS's words; None if it may."""
        return identity.authorize(principal, action, resource, conditions)

    def trusts_sagemaker(self, role_arn: str, source_arn: str) -> bool:
        """Whether a role exists and lets SageMaker assume it for a resource."""
        context = {
            "aws:SourceArn": source_arn,
            "aws:SourceAccount": self.scope().account,
        }
        return identity.trusts(role_arn, "sagemaker.amazonaws.com", context)

    def vpc_of(self, subnet_id: str) -> str | None:
        """The VPC of a subnet, None if there is no such subnet."""
        return endpoint.vpc_of(subnet_id)

    def endpoint_of(self, subnet_ids: Sequence[str]) -> str | None:
        """Where the subnets' requests to S3 arrive, None if they have no way there."""
        return endpoint.listener_for(subnet_ids)

    def storage(self, role_arn: str, endpoint_url: str | None) -> S3Storage:
        """S3 as a role sees it, through an endpoint, or from outside if it is None."""
        credentials = identity.role_credentials(role_arn, _SESSION_NAME)
        with self._session_lock:
            client = self._session.client(
                "s3",
                region_name=self.scope().region,
                endpoint_url=endpoint_url or endpoint.outside(),
                # A refusal of the embedded AWS does not go away.
                config=Config(
                    s3={"addressing_style": "path"}, retries={"max_attempts": 1}
                ),
                **credentials,
            )
        return S3Storage(client)

    def emit(self, detail_type: str, resource: str, detail: Mapping[str, Any]) -> None:
        """Put one of SageMaker's events on the account's default bus."""
        identity.emit_event("aws.sagemaker", detail_type, detail, resources=[resource])

    def log_group_exists(self, group: str) -> bool:
        """Whether the account has the log group in the region."""
        return identity.log_group_exists(group)

    def write_log(self, group: str, stream: str, lines: Iterable[str]) -> None:
        """Append lines to a stream; group and stream are made when they are missing."""
        identity.write_log(group, stream, lines)
