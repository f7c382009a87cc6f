"""The promises that something works: a lock that nobody can open keeps no job private.

Each question is a request with all that AWS would tell of it. The object's key is free,
and what nobody knows before: below its prefix, none may be refused, at no time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import z3

from review.identity import arn_of, rights_of, roles
from review.plain import Resource, listed
from review.proof.encoder import Formula, Reading, Request, literal
from review.proof.encoder import Resource as At
from review.proof.solver import example
from review.scene import Document, Scene, document_in
from review.transforms import transforms_of

from .at_bucket import ENCRYPTION, KEY_ID
from .context import (
    Told,
    Unknown,
    at_bucket,
    at_key,
    at_key_for_volumes,
    at_key_through_s3,
)
from .invariant import Invariant, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that has to work.

    Args:
        who: ARN of the caller.
        does: The action.
        bucket: The bucket's kind.
        below: Prefix of the objects' keys; None for the bucket itself.
        inside: Whether the caller comes through our endpoint.
        rights: The caller's own policies; None for a caller whose are elsewhere.
        lists: Prefix that a listing names.
        names_the_key: Whether an upload names it; else the bucket's default counts.
    """

    who: str
    does: str
    bucket: str
    below: str | None
    inside: bool
    rights: Document | None
    lists: str | None = None
    names_the_key: bool = True


def _jobs_work(scene: Scene) -> Iterator[Violation]:
    execution = {role.stack: role for role in _execution_roles(scene)}
    for transform in transforms_of(scene):
        role = execution.get(transform.stack)
        if role is None:
            continue
        who, rights = arn_of(scene, role), rights_of(scene, role)
        tried = [
            *(("s3:GetObject", "inputs", prefix) for prefix in transform.inputs),
            ("s3:GetObject", "control", f"manifests/{transform.name}/"),
            *(("s3:PutObject", "outputs", prefix) for prefix in transform.outputs),
            *(
                ("s3:GetObject", "models", artifact)
                for artifact in transform.artifacts
                if not artifact.startswith("s3://")
            ),
        ]
        for does, bucket, below in tried:
            attempt = Attempt(
                who=who,
                does=does,
                bucket=bucket,
                below=below,
                inside=True,
                rights=rights,
            )
            yield from _refused(scene, role.path, attempt, exact=bucket == "models")
        if not _lends_the_key(scene, who, rights):
            yield Violation(
                resource=role.path,
                says=f"{who} needs to lend the key to the volumes of its instances, "
                "and the key's policy or its own refuses it.",
            )
        if transform.lists:
            # SageMaker lists with the role from its own side as well.
            for prefix, inside in product(transform.inputs, (True, False)):
                attempt = Attempt(
                    who=who,
                    does="s3:ListBucket",
                    bucket="inputs",
                    below=None,
                    inside=inside,
                    rights=rights,
                    lists=prefix,
                )
                yield from _refused(scene, role.path, attempt)


def _duties_work(scene: Scene) -> Iterator[Violation]:
    perimeter = scene.declared.perimeter
    rights = {
        name: document_in(each, "PolicyDocument")
        for each in scene.estate.of_type("AWS::IAM::ManagedPolicy")
        for name in map(str, listed(each.properties.get("Roles", [])))
    }
    for duty, arns, outside, work in (
        (
            "uploaders",
            perimeter.uploaders,
            perimeter.uploaders_outside,
            (("s3:PutObject", "models"), ("s3:PutObject", "inputs")),
        ),
        (
            "readers",
            perimeter.readers,
            perimeter.readers_outside,
            (("s3:GetObject", "outputs"),),
        ),
        (
            "break_glass",
            perimeter.break_glass,
            perimeter.break_glass,
            tuple(("s3:GetObject", kind) for kind in ("models", "inputs", "outputs")),
        ),
    ):
        for arn in arns:
            for (does, bucket), names_the_key in product(work, (True, False)):
                attempt = Attempt(
                    who=_example_of(arn),
                    does=does,
                    bucket=bucket,
                    below="",
                    inside=arn not in outside,
                    rights=rights.get(arn.rpartition("/")[2], _NOTHING),
                    names_the_key=names_the_key,
                )
                where = f"{scene.foundation.name}/{duty}"
                yield from _refused(scene, where, attempt, exact=False)


def _repairs_work(scene: Scene) -> Iterator[Violation]:
    """CloudFormation deploys with rights of its own account, from outside."""
    for role in scene.declared.perimeter.deployment_roles:
        for kind in ("models", "inputs", "outputs", "control", "logs"):
            for does in (
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
                "s3:GetBucketPolicy",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:DeleteBucket",
            ):
                attempt = Attempt(
                    who=role,
                    does=does,
                    bucket=kind,
                    below=None,
                    inside=False,
                    rights=None,
                )
                yield from _refused(scene, scene.bucket(kind).path, attempt)
        key = scene.key
        for who, does in (
            (role, "kms:PutKeyPolicy"),
            (role, "kms:EnableKey"),
            (role, "kms:DescribeKey"),
            # KMS keeps no door open for root, as S3 does.
            (scene.site.root, "kms:PutKeyPolicy"),
        ):
            if not _key_allows(scene, who, does, None):
                yield Violation(
                    resource=key.path,
                    says=f"{who} may not call {does}, and so cannot repair the key.",
                )


_NOTHING: Document = {"Version": "2012-10-17", "Statement": []}


def _execution_roles(scene: Scene) -> Iterator[Resource]:
    pattern = scene.declared.perimeter.execution_roles.removesuffix("*")
    return (role for role in roles(scene) if arn_of(scene, role).startswith(pattern))


def _example_of(pattern: str) -> str:
    """Somebody whom an ARN pattern names; permission sets end in a star."""
    return pattern.replace("*", "0123456789abcdef")


def _refused(
    scene: Scene, path: str, attempt: Attempt, *, exact: bool = False
) -> Iterator[Violation]:
    stops = _stopped(scene, attempt, exact=exact)
    if stops is not None:
        what = attempt.bucket + ("" if attempt.below is None else f"/{attempt.below}")
        yield Violation(
            resource=path,
            says=f"{attempt.who} needs to call {attempt.does} on {what} "
            f"{'through our endpoint' if attempt.inside else 'from outside'}, and "
            f"{stops} refuses it.",
        )


def _stopped(scene: Scene, attempt: Attempt, *, exact: bool) -> str | None:
    """What stands in the way, or None."""
    bucket = scene.named(f"{attempt.bucket.capitalize()}Bucket")
    ways = [("the bucket's policy", scene.bucket_policy(bucket), False)]
    if attempt.inside:
        ways.append(("the endpoint's policy", scene.endpoint_policy(), True))
    if attempt.rights is not None:
        ways.append(("its own policy", attempt.rights, True))
    for what, policy, must_allow in ways:
        if not _passes(
            json.dumps(policy),
            _Question(
                does=attempt.does,
                at=scene.bucket_arn(attempt.bucket),
                below=attempt.below,
                exact=exact,
                must_allow=must_allow,
                told=tuple(_told(scene, attempt).items()),
                partition=scene.place.partition,
                account=scene.place.account,
            ),
        ):
            return what
    if attempt.below is not None:
        for does in ("kms:Decrypt", "kms:GenerateDataKey"):
            needed = does == "kms:Decrypt" or attempt.does == "s3:PutObject"
            if needed and not _key_allows(scene, attempt.who, does, attempt):
                return "the key's policy or its own right to the key"
    return None


def _told(scene: Scene, attempt: Attempt) -> Told:
    """All that AWS tells of such a request."""
    told = at_bucket(scene, attempt.who, inside=attempt.inside)
    if attempt.lists is not None:
        told["s3:prefix"] = attempt.lists
    if attempt.does == "s3:PutObject" and attempt.names_the_key:
        told[ENCRYPTION] = "aws:kms"
        told[KEY_ID] = scene.named("KeyArn")
    return told


def _key_allows(scene: Scene, who: str, does: str, attempt: Attempt | None) -> bool:
    if attempt is None:
        return _passes_at_key(scene, does, at_key(scene, who))
    told = at_key_through_s3(scene, who, scene.bucket_arn(attempt.bucket))
    return _passes_at_key(scene, does, told, attempt.rights)


def _lends_the_key(scene: Scene, who: str, rights: Document) -> bool:
    """AWS: Protecting data at rest using encryption (SageMaker AI)."""
    told = at_key_for_volumes(scene, who)
    return _passes_at_key(scene, "kms:CreateGrant", told, rights)


def _passes_at_key(
    scene: Scene, does: str, told: Told, rights: Document | None = None
) -> bool:
    question = _Question(
        does=does,
        at=scene.named("KeyArn"),
        told=tuple(told.items()),
        partition=scene.place.partition,
        account=scene.place.account,
    )
    policies = [scene.key_policy(), *([] if rights is None else [rights])]
    return all(_passes(json.dumps(policy), question) for policy in policies)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A request that one policy has to let through.

    Args:
        does: Its action.
        at: ARN of the bucket or the key.
        below: Prefix of the object's key; None for the bucket or the key itself.
        exact: Whether the prefix is the whole key.
        must_allow: Whether it is not enough that the policy does not deny.
        told: All condition keys that the request carries, and what it may.
        partition: Whose laws are true of it.
        account: Whose laws are true of it.
    """

    does: str
    at: str
    below: str | None = None
    exact: bool = False
    must_allow: bool = True
    told: tuple[tuple[str, Any], ...]
    partition: str
    account: str


@cache
def _passes(policy: str, question: _Question) -> bool:
    """Whether every such request passes one policy: most are asked on both sides."""
    request = Request()
    at = At(question.at)
    given: list[Formula] = []
    if question.below is not None:
        at = At(f"{question.at}/", request.object_key)
        below = literal(question.below)
        given = [
            request.object_key == below
            if question.exact
            else z3.PrefixOf(below, request.object_key)
        ]
    reading = Reading(request, json.loads(policy), at)
    passes = (
        reading.allows(question.does)
        if question.must_allow
        else z3.Not(reading.denies(question.does))
    )
    refused = example(
        request,
        *given,
        *_facts(request, dict(question.told)),
        z3.Not(passes),
        partition=question.partition,
        account=question.account,
    )
    return refused is None


def _facts(request: Request, told: Mapping[str, Any]) -> Iterator[Formula]:
    """These keys have these values, or any, and no other key is there.

    Called when the policy has been read, for only then are the keys known that it asks
    about.
    """
    yield z3.Not(request.anonymous)
    yield z3.Not(request.by_service)
    known = {key.lower(): value for key, value in told.items()}
    for key in sorted({*known, *request.keys}):
        if key not in known:
            yield z3.Not(request.present(key))
            continue
        value, actual = known[key], request.value(key)
        if value is Unknown.MAYBE:
            continue
        yield request.present(key)
        if value is Unknown.ANY:
            continue
        if isinstance(value, bool):
            yield actual == z3.BoolVal(value)
        elif z3.is_real(actual):
            yield actual == z3.RealVal(value)
        else:
            yield actual == literal(value)


LIVENESS = (
    Invariant(
        id="works-jobs",
        says="Each job reads its inputs and artifacts and writes its outputs, through "
        "the endpoint and with the key.",
        violations=_jobs_work,
    ),
    Invariant(
        id="works-duties",
        says="Each duty can be done from where it is declared.",
        violations=_duties_work,
    ),
    Invariant(
        id="works-repair",
        says="CloudFormation can repair and remove buckets, policies and key.",
        violations=_repairs_work,
    ),
)
"""All of them."""
