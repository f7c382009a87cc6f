"""Who may do more, and who less: the policies of both sides, compared for every action.

Two actions about which both sides' statements say the same are one question.

A lock binds whom it exempts. Whose leave ends is neither, but like all: it is not more
that they may do what every other role could.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import z3

from private_transform.lock import Perimeter
from review.change import Change
from review.findings import Finding
from review.identity import arn_of, rights_of, roles
from review.plain import Resource, listed
from review.proof.actions import (
    Action,
    actions_like,
    bucket_policy_actions,
    key_policy_actions,
)
from review.proof.alike import representatives
from review.proof.formulas import (
    FALSE,
    TRUE,
    Formula,
    UnsupportedPolicyError,
    all_of,
    any_of,
    literal,
)
from review.proof.patience import UndecidedError
from review.proof.reading import Reading
from review.proof.reading import Resource as At
from review.proof.request import Request
from review.proof.solver import example, first_example
from review.proof.witness import place_told, told
from review.scene import Document, Scene, UnclearError, document_in

_NOTHING: Document = {"Version": "2012-10-17", "Statement": []}
_POLICIES = {
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
}
"""Resources with a policy of their own, and where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """How one policy changed.

    Args:
        resource: Whose policy, as `STACK/LOGICAL_ID`.
        what: Which of its policies.
        more: A request that is allowed now and was not, in a sentence; empty if there
            is provably none, but for who is like all without their leave.
        less: A request that was allowed and is not now.
        unclear: Why it cannot be told; empty if it can.
    """

    resource: str
    what: str
    more: str = ""
    less: str = ""
    unclear: str = ""


def access_changes(change: Change) -> Iterator[AccessChange]:
    """Compare every policy that is not the same on both sides."""
    before, after = _policies(change.before), _policies(change.after)
    for place in sorted(before.keys() | after.keys()):
        old = before.get(place, _Policy(document=_NOTHING))
        new = after.get(place, _Policy(document=_NOTHING))
        if old == new:
            continue
        path, what = place
        yield _compared(change, path, what, old, new)


def findings(changes: Sequence[AccessChange], change: Change) -> Iterator[Finding]:
    """More access is a finding; whether less is too little, the promises say."""
    created = change.before is None
    for each in changes:
        if each.unclear:
            yield Finding(
                rule="access-unclear",
                severity="high",
                resource=each.resource,
                message=f"{each.what} of {each.resource} cannot be compared: "
                f"{each.unclear}.",
            )
        elif each.more and not created:
            # What breaks a promise is found there, and is high.
            yield Finding(
                rule="access-more",
                severity="medium",
                resource=each.resource,
                message=f"{each.what} of {each.resource} allows more: {each.more}.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """A policy, or why it cannot be read.

    `is_lock`: what it does not deny, others' policies may allow. `who`: the ARN of
    whom it gives rights to, if it is nobody else's. `where`: the ARN of what it is
    about, if it does not say so itself.
    """

    document: Document | None
    is_lock: bool = False
    who: str = ""
    where: str = ""
    unclear: str = ""


def _policies(scene: Scene | None) -> dict[tuple[str, str], _Policy]:
    return {} if scene is None else dict(_read(scene))


def _read(scene: Scene) -> Iterator[tuple[tuple[str, str], _Policy]]:
    for each in scene.estate.of_type(*_POLICIES):
        place = (each.path, "The policy")
        is_lock = each.type == "AWS::S3::BucketPolicy"
        yield place, _policy(each, _POLICIES[each.type], is_lock=is_lock)
    for role in roles(scene):
        who = arn_of(scene, role)
        takers = _policy(role, "AssumeRolePolicyDocument")
        yield (role.path, "The list of who may take it"), replace(takers, where=who)
        try:
            rights = _Policy(document=rights_of(scene, role), who=who)
        except UnclearError as error:
            rights = _Policy(document=None, unclear=str(error))
        yield (role.path, "The role's policy"), rights
    ours = {arn_of(scene, role).rpartition("/")[2] for role in roles(scene)}
    for each in scene.estate.of_type("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        if not set(map(str, listed(each.properties.get("Roles", [])))) & ours:
            place = (each.path, "The policy")
            who = f"who has {each.path}"
            yield place, replace(_policy(each, "PolicyDocument"), who=who)


def _policy(resource: Resource, key: str, *, is_lock: bool = False) -> _Policy:
    try:
        return _Policy(document=document_in(resource, key), is_lock=is_lock)
    except UnclearError as error:
        return _Policy(document=None, is_lock=is_lock, unclear=str(error))


def _compared(
    change: Change, path: str, what: str, old: _Policy, new: _Policy
) -> AccessChange:
    unclear = new.unclear or old.unclear
    if old.document is None or new.document is None:
        return AccessChange(resource=path, what=what, unclear=unclear)
    try:
        question = _Question(change, old, new)
        return AccessChange(
            resource=path, what=what, more=question.more(), less=question.less()
        )
    except (UnsupportedPolicyError, UndecidedError) as error:
        return AccessChange(resource=path, what=what, unclear=str(error))


class _Question:
    """Two policies, read for one request."""

    def __init__(self, change: Change, old: _Policy, new: _Policy) -> None:
        self._change = change
        self._place = change.after.place
        self._request = Request()
        at = At("", self._request.object_key)
        self._is_lock = old.is_lock or new.is_lock
        self._who = new.who or old.who
        self._where = new.where or old.where
        assert old.document is not None
        assert new.document is not None
        self._old = Reading(self._request, old.document, at)
        self._new = Reading(self._request, new.document, at)
        self._actions = _representatives(old.document, new.document)

    def more(self) -> str:
        """What is allowed now and was not."""
        return self._witness(self._new, self._old, but_for=self._done_by_all_before)

    def less(self) -> str:
        """What was allowed and is not now."""
        return self._witness(self._old, self._new, but_for=lambda _: FALSE)

    def _witness(
        self, one: Reading, other: Reading, *, but_for: Callable[[str], Formula]
    ) -> str:
        differ = {
            action: any_of(
                [
                    all_of(
                        [
                            self._passes(one, action),
                            z3.Not(self._passes(other, action)),
                            z3.Not(but_for(action)),
                        ]
                    ),
                    # What a lock allows by itself needs nobody else's policy.
                    all_of([one.allows(action), z3.Not(other.allows(action))]),
                ]
            )
            for action in self._actions
        }
        found = first_example(
            self._request,
            differ.items(),
            partition=self._place.partition,
            account=self._place.account,
        )
        if found is None:
            return ""
        action, request = found
        # Of all requests, one as people make them is told of.
        usual = list(self._usual())
        for likely in ([*usual, self._at_ours(action)], usual):
            # Where nobody can tell whether there is one, the first one stands.
            with suppress(UndecidedError):
                if better := self._found(differ[action], *likely):
                    request = better
                    break
        where = place_told(str(request.pop("object key")))
        return told(action, where, request, who=self._who)

    def _found(self, *formulas: Formula) -> dict[str, Any] | None:
        return example(
            self._request,
            *formulas,
            partition=self._place.partition,
            account=self._place.account,
        )

    def _done_by_all_before(self, action: str) -> Formula:
        """Whose leave ends asks for what a role could that nobody names."""
        before, after = self._change.before, self._change.after
        if not self._is_lock or before is None:
            return FALSE
        had, have = (_leave(side.declared.perimeter) for side in (before, after))
        if had == have:
            return FALSE
        nobody = f"arn:{self._place.partition}:iam::{self._place.account}:role/~"
        by_all = z3.substitute(
            self._passes(self._old, action),
            (self._request.value("aws:PrincipalArn"), z3.StringVal(nobody)),
        )
        signed_by = self._request.signed_by
        return all_of([by_all, signed_by(*had), z3.Not(signed_by(*have))])

    def _usual(self) -> Iterator[Formula]:
        yield self._request.value("aws:SecureTransport")
        yield self._request.value("s3:TlsVersion") >= z3.RealVal("1.2")
        if self._who:
            yield z3.Not(self._request.by_service)
            yield z3.Not(self._request.anonymous)
        if self._who.startswith("arn:"):
            yield self._request.equals("aws:PrincipalArn", self._who)

    def _at_ours(self, action: str) -> Formula:
        """It is about the role that is taken, or the environment's own data or key."""
        where = self._request.object_key
        if self._where:
            return where == literal(self._where)
        try:
            site = self._change.after.site
        except UnclearError:
            return TRUE
        if action in key_policy_actions():
            return where == literal(site.key_arn)
        if not action.startswith("s3:"):
            return TRUE
        own = site.buckets
        buckets = (own.outputs, own.inputs, own.models)
        if Action(action, "object") in bucket_policy_actions():
            return any_of(z3.PrefixOf(literal(f"{each}/"), where) for each in buckets)
        return any_of(where == literal(each) for each in buckets)

    def _passes(self, reading: Reading, action: str) -> Formula:
        if not self._is_lock:
            return reading.allows(action)
        ours = self._request.equals("aws:PrincipalAccount", self._place.account)
        return all_of(
            [z3.Not(reading.denies(action)), any_of([ours, reading.allows(action)])]
        )


def _leave(perimeter: Perimeter) -> tuple[str, ...]:
    """Roles that a lock exempts, by the declaration."""
    jobs = (perimeter.execution_roles,) if perimeter.sagemaker_api_reads else ()
    return (
        *perimeter.break_glass,
        *perimeter.uploaders_outside,
        *perimeter.readers_outside,
        *perimeter.analysts,
        *jobs,
    )


def _representatives(old: Document, new: Document) -> list[str]:
    statements = [*old["Statement"], *new["Statement"]]
    patterns = [
        str(pattern)
        for statement in statements
        for key in ("Action", "NotAction")
        for pattern in listed(statement.get(key, []))
    ]
    return representatives(statements, actions_like(patterns))
