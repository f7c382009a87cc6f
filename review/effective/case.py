"""Somebody at a bucket or the key: which statements bear on what they do there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from review.plain import listed
from review.proof.actions import bucket_policy_actions, key_policy_actions
from review.proof.alike import spoken_of
from review.scene import Document

from .direct import direct
from .principals import Principal
from .targets import Target

NEEDS = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
}
"""What S3 asks KMS for, in the name of who reads or writes what is encrypted.

Source: AWS: Using server-side encryption with AWS KMS keys (SSE-KMS).
"""

OBJECTS = {each.name for each in bucket_policy_actions() if each.level == "object"}
"""Actions on what lies in a bucket."""

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Somebody at a bucket or the key.

    Args:
        who: Somebody.
        there: The bucket or the key.
    """

    who: Principal
    there: Target

    @property
    def names(self) -> tuple[Any, ...]:
        """What formulas speak of beside the statements."""
        there = self.there
        return self.who.arns, there.arn, there.key_arn, there.endpoint_ids, there.place

    def thinkable(self) -> frozenset[str]:
        """Actions that somebody allows; a bucket has them all allowed for itself."""
        actions = self.there.actions
        if self.who.rights is None:
            return frozenset(actions)
        given = (self.who.rights, direct(self.there.policy))
        return frozenset().union(
            *(
                spoken_of(statement, actions)
                for statement in _statements(*given)
                if statement["Effect"] == "Allow"
            )
        )

    def said(self) -> dict[str, list[Statement]]:
        """The statements that bear on each action."""
        who, there = self.who, self.there
        said: dict[str, list[Statement]] = {action: [] for action in there.actions}
        for statement in _statements(who.rights, there.policy, there.endpoint):
            for action in spoken_of(statement, there.actions):
                said[action].append(statement)
        if there.key is not None:
            for statement in _statements(who.rights, there.key):
                spoken = spoken_of(statement, key_policy_actions())
                for action, need in NEEDS.items():
                    if need in spoken:
                        said[action].append(statement)
        return said


def case_of(who: Principal, there: Target) -> Case:
    """The case, with those of somebody's statements alone that can bear on it."""
    if who.rights is None:
        return Case(who=who, there=there)
    bearing = [each for each in _statements(who.rights) if _bears_on(each, there)]
    rights = {**who.rights, "Statement": bearing}
    return Case(who=replace(who, rights=rights), there=there)


def _bears_on(statement: Statement, there: Target) -> bool:
    if not spoken_of(statement, (*there.actions, *key_policy_actions())):
        return False
    for pattern in listed(statement.get("Resource", "*")):
        literal = re.split(r"[*?]", str(pattern), maxsplit=1)[0]
        for arn in (there.arn, there.key_arn):
            if literal.startswith(arn) or arn.startswith(literal):
                return True
    return False


def _statements(*documents: Document | None) -> Iterator[Statement]:
    return (each for one in documents if one is not None for each in one["Statement"])


def asked(old: Case | None, new: Case | None) -> list[list[str]]:
    """Actions whose fate may differ: those alike to all statements stand together."""
    cases = [case for case in (old, new) if case is not None]
    thinkable = frozenset().union(*(case.thinkable() for case in cases))
    said = [case.said() for case in cases]
    renamed = len({case.names for case in cases}) > 1 or len(cases) == 1
    alike: dict[Any, list[str]] = {}
    for action in cases[0].there.actions:
        spoken = [each[action] for each in said]
        if action in thinkable and (renamed or spoken[0] != spoken[1]):
            same = tuple(tuple(map(id, each)) for each in spoken)
            kind = (action in OBJECTS, NEEDS.get(action), same)
            alike.setdefault(kind, []).append(action)
    return list(alike.values())
