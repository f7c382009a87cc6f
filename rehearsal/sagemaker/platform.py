"""What SageMaker needs of the cloud around it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from rehearsal.embedded.scope import Scope
from rehearsal.engine import Storage

Conditions: TypeAlias = Mapping[str, str | Sequence[str]]


class Platform(Protocol):
    """Identity, storage, network, events and logs of the embedded cloud.

    A principal is whatever `caller` and `assume` return; only the platform looks into
    it. Threads that SageMaker starts enter `within` before they call anything else.
    """

    def scope(self) -> Scope:
        """Account and region of the current request or thread."""

    def within(self, scope: Scope) -> AbstractContextManager[None]:
        """Act in an account and region."""

    def now(self) -> float:
        """The time, in seconds since the epoch."""

    def caller(self, headers: Mapping[str, str]) -> Any:
        """The principal that signed a request with these headers."""

    def assume(self, role_arn: str) -> Any:
        """The principal that SageMaker becomes with a role.

        Raises:
            LookupError: There is no such role.
        """

    def denial(
        self, principal: Any, action: str, resource: str, conditions: Conditions
    ) -> str | None:
        """Why a principal may not do something, in AWS's words; None if it may."""

    def trusts_sagemaker(self, role_arn: str, source_arn: str) -> bool:
        """Whether a role exists and lets SageMaker assume it for a resource."""

    def vpc_of(self, subnet_id: str) -> str | None:
        """The VPC of a subnet, None if there is no such subnet."""

    def endpoint_of(self, subnet_ids: Sequence[str]) -> str | None:
        """Where the subnets' requests to S3 arrive, None if they have no way there."""

    def storage(self, role_arn: str, endpoint: str | None) -> Storage:
        """S3 as a role sees it, through an endpoint, or from outside if it is None.

        Raises:
            LookupError: There is no such role.
        """

    def emit(self, detail_type: str, resource: str, detail: Mapping[str, Any]) -> None:
        """Put one of SageMaker's events on the account's default bus."""

    def log_group_exists(self, group: str) -> bool:
        """Whether the account has the log group in the region."""

    def write_log(self, group: str, stream: str, lines: Iterable[str]) -> None:
        """Append lines to a stream; group and stream are made when they are missing."""
