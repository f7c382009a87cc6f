"""Policies that AWS would refuse as too large, found before anything is created.

The documents are made of the longest values that CloudFormation may put in, so that
what passes here is small enough wherever it is deployed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from private_transform.access import perimeter
from private_transform.environment import (
    Breach,
    Environment,
    EnvironmentFileError,
    People,
    problem_of,
)
from private_transform.lock import (
    BucketKind,
    Document,
    bucket_policy,
    key_policy,
)

_BUCKET = "arn:aws:s3:::" + "b" * 63
_KINDS: tuple[BucketKind, ...] = ("models", "inputs", "outputs")
_ENDPOINT = "vpce-" + "0" * 17
_KEY = f"arn:aws:kms:{'r' * 14}:{'0' * 12}:key/{'0' * 36}"
_NAME = "n" * 100
"""Longer than any name of log group, trail or topic that the key's policy holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy that grows with the environment's file.

    Attributes:
        name: What it is the policy of.
        limit: Its largest size in characters, all of them ASCII.
        source: Where AWS says so.
        document: Makes it of an environment.
    """

    name: str
    limit: int
    source: str
    document: Callable[[Environment], Document]

    def size(self, environment: Environment) -> int:
        """Of the text that is sent to AWS."""
        return len(json.dumps(self.document(environment), separators=(",", ":")))


def require_room(environment: Environment, folder: Path) -> None:
    """Refuse lists that are too long for the policies that name their entries.

    Args:
        environment: What the folder holds.
        folder: Where it was read from.

    Raises:
        EnvironmentFileError: A policy would be too large; it names the list that
            takes most of it.
    """
    problems = [problem_of(folder, breach) for breach in _breaches(environment)]
    if problems:
        raise EnvironmentFileError(problems)


def _breaches(environment: Environment) -> Iterator[Breach]:
    for policy in POLICIES:
        size = policy.size(environment)
        if size > policy.limit:
            shortened = {
                place: policy.size(without)
                for place, without in _without_each_list(environment)
            }
            longest = min(shortened, key=lambda place: shortened[place])
            yield Breach(
                place=longest,
                rule=f"The policy of {policy.name} would have {size} characters, "
                f"{size - shortened[longest]} of them for this list; AWS takes "
                f"{policy.limit} ({policy.source}).",
                fix="Shorten the list."
                if longest[0] != "people"
                else "Let several people assume one role: a permission set of IAM "
                "Identity Center is one, written as AWSReservedSSO_NAME_*.",
            )


def _without_each_list(
    environment: Environment,
) -> Iterator[tuple[tuple[str, ...], Environment]]:
    """The environment without each of the lists that make policies longer."""
    people = environment.people
    for duty in fields(People):
        without = replace(people, **{duty.name: ()})
        yield ("people", duty.name), replace(environment, people=without)
    yield ("trusted_endpoints",), replace(environment, trusted_endpoints=())


def _of_bucket(kind: BucketKind) -> Callable[[Environment], Document]:
    def document(environment: Environment) -> Document:
        trusted = (each.id for each in environment.trusted_endpoints)
        return bucket_policy(
            perimeter(environment, partition="aws"),
            kind,
            _BUCKET,
            endpoint_ids=(_ENDPOINT, *trusted),
            key_arn=_KEY,
        )

    return document


def _of_key(environment: Environment) -> Document:
    return key_policy(
        perimeter(environment, partition="aws"),
        bucket_pattern=_NAME,
        log_groups=(_NAME, _NAME),
        trails=(_NAME,),
        topics=(_NAME,),
    )


POLICIES = (
    *(
        Policy(
            name=f"the {kind} bucket",
            limit=20_480,
            source="AWS: Bucket policies for Amazon S3",
            document=_of_bucket(kind),
        )
        for kind in _KINDS
    ),
    Policy(
        name="the key",
        limit=32_768,
        source="AWS: Resource quotas (AWS KMS)",
        document=_of_key,
    ),
)
