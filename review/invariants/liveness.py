"""The promises that something works: a lock that nobody can open keeps no job private.

Each question is a request with all that AWS would tell of it. The object's key alone is
free: below its prefix, none may be refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import z3

from review.identity import arn_of, rights_of, roles
from review.plain import Resource, listed
from review.proof.encoder import Formula, Reading, Request, all_of
from review.proof.encoder import Resource as At
from review.proof.solver import example
from review.scene import Document, Scene, document_in
from review.transforms import transforms_of

from .at_bucket import ENCRYPTION, KEY_ID
from .invariant import Invariant, Violation

_TLS = "1.3"


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
    """

    who: str
    does: str
    bucket: str
    below: str | None
    inside: bool
    rights: Document | None


def _jobs_work(scene: Scene) -> Iterator[Violation]:
    execution = {role.stack: role for role in _execution_roles(scene)}
    for transform in transforms_of(scene):
        role = execution.get(transform.stack)
        if role is None:
            continue
        who, rights = arn_of(scene, role), rights_of(scene, role)
        tried = [
            *(("s3:GetObject", "inputs", prefix) for prefix in transform.inputs),
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
            for does, bucket in work:
                attempt = Attempt(
                    who=_example_of(arn),
                    does=does,
                    bucket=bucket,
                    below="",
                    inside=arn not in outside,
                    rights=rights.get(arn.rpartition("/")[2], _NOTHING),
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
        key = scene.resource("AWS::KMS::Key", scene.named("KeyArn"))
        for does in ("kms:PutKeyPolicy", "kms:EnableKey", "kms:DescribeKey"):
            if not _key_allows(scene, role, does, None):
                yield Violation(
                    resource=key.path,
                    says=f"CloudFormation's role may not call {does}: nobody but the "
                    "account's root could repair the key.",
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
    bucket = scene.bucket_arn(attempt.bucket)
    request = Request()
    at = At(bucket)
    given: list[Formula] = []
    if attempt.below is not None:
        at = At(f"{bucket}/", request.object_key)
        below = z3.StringVal(attempt.below)
        given = [
            request.object_key == below
            if exact
            else z3.PrefixOf(below, request.object_key)
        ]
    policy = scene.bucket_policy(scene.named(f"{attempt.bucket.capitalize()}Bucket"))
    ways: list[tuple[str, Formula]] = [
        (
            "the bucket's policy",
            z3.Not(Reading(request, policy, at).denies(attempt.does)),
        )
    ]
    if attempt.inside:
        endpoint = Reading(request, scene.endpoint_policy(), at)
        ways.append(("the endpoint's policy", endpoint.allows(attempt.does)))
    if attempt.rights is not None:
        own = Reading(request, attempt.rights, at)
        ways.append(("its own policy", own.allows(attempt.does)))
    given += _facts(request, scene, _told(scene, attempt))
    for what, passes in ways:
        if _is_possible(scene, request, [*given, z3.Not(passes)]):
            return what
    if attempt.below is not None:
        for does in ("kms:Decrypt", "kms:GenerateDataKey"):
            needed = does == "kms:Decrypt" or attempt.does == "s3:PutObject"
            if needed and not _key_allows(scene, attempt.who, does, attempt):
                return "the key's policy or its own right to the key"
    return None


def _told(scene: Scene, attempt: Attempt) -> dict[str, Any]:
    """All that AWS tells of such a request."""
    told: dict[str, Any] = {
        "aws:PrincipalArn": attempt.who,
        "aws:PrincipalAccount": scene.place.account,
        "aws:ResourceAccount": scene.place.account,
        "aws:SecureTransport": True,
        "s3:TlsVersion": _TLS,
        "s3:authType": "REST-HEADER",
    }
    if attempt.inside:
        told["aws:SourceVpce"] = scene.named("EndpointId")
    if attempt.does == "s3:PutObject":
        told[ENCRYPTION] = "aws:kms"
        told[KEY_ID] = scene.named("KeyArn")
    return told


def _key_allows(scene: Scene, who: str, does: str, attempt: Attempt | None) -> bool:
    request, key = Request(), At(scene.named("KeyArn"))
    told: dict[str, Any] = {
        "aws:PrincipalArn": who,
        "aws:PrincipalAccount": scene.place.account,
        "aws:SecureTransport": True,
        "kms:CallerAccount": scene.place.account,
        "s3:TlsVersion": _TLS,
    }
    readings = [Reading(request, scene.key_policy(), key)]
    if attempt is not None:
        told["kms:ViaService"] = scene.site.service("s3")
        # With a bucket key the context is the bucket's ARN (AWS: Reducing the cost of
        # SSE-KMS with Amazon S3 Bucket Keys).
        bucket = scene.bucket_arn(attempt.bucket)
        told["kms:EncryptionContext:aws:s3:arn"] = bucket
        if attempt.rights is not None:
            readings.append(Reading(request, attempt.rights, key))
    passes = all_of(reading.allows(does) for reading in readings)
    facts = _facts(request, scene, told)
    return not _is_possible(scene, request, [*facts, z3.Not(passes)])


def _facts(
    request: Request, scene: Scene, told: Mapping[str, Any]
) -> Sequence[Formula]:
    """These keys have these values, and no other key is there.

    Called when all documents have been read, for only then are the keys known that they
    ask about.
    """
    facts: list[Formula] = [
        z3.Not(request.anonymous),
        z3.Not(request.by_service),
    ]
    known = {key.lower(): value for key, value in told.items()}
    for key in {*known, *request.keys}:
        if key not in known:
            facts.append(z3.Not(request.present(key)))
            continue
        value, actual = known[key], request.value(key)
        facts.append(request.present(key))
        if isinstance(value, bool):
            facts.append(actual == z3.BoolVal(value))
        elif z3.is_real(actual):
            facts.append(actual == z3.RealVal(value))
        else:
            facts.append(actual == z3.StringVal(value))
    return facts


def _is_possible(scene: Scene, request: Request, formulas: list[Formula]) -> bool:
    found = example(
        request,
        *formulas,
        partition=scene.place.partition,
        account=scene.place.account,
    )
    return found is not None


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
