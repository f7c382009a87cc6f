"""What the stage, the account and the region ask of the environment."""

from collections.abc import Iterator

from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment


def production_keeps(environment: Environment) -> Iterator[Breach]:
    """What is in production must not go with its stacks."""
    if environment.stage == "production" and environment.protection == "discard":
        yield Breach(
            place=("protection",),
            rule="In production protection is keep: data outlives its stacks.",
            fix="Write protection: keep, or stage: development.",
        )


def removable(environment: Environment) -> Iterator[Breach]:
    """Removal takes policies off buckets, which the lock leaves to stacks alone."""
    if environment.protection == "discard" and environment.lock_management:
        yield Breach(
            place=("lock_management",),
            rule="With protection: discard, removal takes the buckets' policies off "
            "and empties the buckets; with lock_management: true it may not.",
            fix="Write lock_management: false, or protection: keep.",
        )


def boundary_of_this_account(environment: Environment) -> Iterator[Breach]:
    """A policy of another account bounds nothing: IAM refuses roles that name one."""
    boundary = environment.iam.permissions_boundary
    starts = tuple(
        f"arn:aws:iam::{owner}:policy/" for owner in (environment.account, "aws")
    )
    if boundary is not None and not boundary.startswith(starts):
        yield Breach(
            place=("iam", "permissions_boundary"),
            rule="A permissions boundary is a policy of the environment's account or "
            "of AWS (AWS: Permissions boundaries for IAM entities).",
            fix=f"Write it as {starts[0]}NAME.",
        )
