"""One environment, as the proofs see it: who, where and what its key serves."""

from collections.abc import Iterable
from dataclasses import dataclass

from private_transform.lock import BucketKind, Buckets, Perimeter
from review.proof.formulas import Formula
from review.proof.request import Request
from review.proof.solver import first_example
from review.proof.witness import told


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServices:
    """What AWS services use the key for.

    Args:
        log_groups: ARN patterns of the log groups that it encrypts.
        trails: ARN patterns of the trails.
        topics: ARN patterns of the topics.
        publishers: Services that publish to them.
    """

    log_groups: tuple[str, ...] = ()
    trails: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One environment.

    Args:
        perimeter: Who may meet its data.
        endpoint_ids: Its own endpoint, then the others that it trusts.
        services: What its key serves beside the buckets.
        bucket_pattern: ARN pattern of all its buckets.
        key_arn: Its key.
        buckets: Its buckets.
    """

    perimeter: Perimeter
    endpoint_ids: tuple[str, ...]
    services: KeyServices
    bucket_pattern: str
    key_arn: str
    buckets: Buckets

    def bucket(self, kind: BucketKind) -> str:
        """ARN of a data bucket."""
        return str(getattr(self.buckets, kind))

    @property
    def root(self) -> str:
        """ARN of the account's root."""
        people = self.perimeter
        return f"arn:{people.partition}:iam::{people.account}:root"

    def contradiction(
        self,
        request: Request,
        formulas: Iterable[tuple[str, Formula]],
        *,
        where: str,
    ) -> str | None:
        """A sentence about a request that should not be possible, or None.

        Args:
            request: What the formulas speak of.
            formulas: When each action would be one too many.
            where: What the actions are about.
        """
        found = first_example(
            request,
            formulas,
            partition=self.perimeter.partition,
            account=self.perimeter.account,
        )
        return None if found is None else told(found[0], where, found[1])

    def place_of_contradiction(
        self, request: Request, formulas: Iterable[tuple[str, Formula]]
    ) -> tuple[str, str] | None:
        """An action that should not be possible and the ARN where it is, or None.

        Args:
            request: What the formulas speak of; its object key is the whole ARN.
            formulas: When each action would be one too many.
        """
        found = first_example(
            request,
            formulas,
            partition=self.perimeter.partition,
            account=self.perimeter.account,
        )
        return None if found is None else (found[0], str(found[1]["object key"]))

    def service(self, name: str) -> str:
        """How a service of the region is called in `kms:ViaService`."""
        return f"{name}.{self.perimeter.region}.amazonaws.com"
