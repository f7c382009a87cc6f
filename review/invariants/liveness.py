"""The promises that something works: a lock that nobody can open keeps no job private.

The object's key is free below its prefix.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from private_transform.handlers.contract import ARRIVALS, OUTCOMES, SHARDS
from private_transform.lock.buckets import ATHENA
from review.identity import arn_of, is_execution_role, rights_of, roles
from review.plain import Resource, listed
from review.scene import Document, Scene, document_in
from review.transforms import transforms_of

from .at_bucket import ENCRYPTION, KEY_ID
from .context import (
    Told,
    at_a_service,
    at_bucket,
    at_key,
    at_key_for_volumes,
    at_key_through_s3,
    by_service,
)
from .invariant import Invariant, Violation
from .jobs import models_of
from .passing import Question, allowed, not_denied
from .running import needs_of_a_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that has to work.

    Args:
        who: ARN of the caller.
        does: The action.
        bucket: The bucket's kind.
        below: Prefix of the objects' keys; None for the bucket itself.
        exact: Whether the prefix is the whole key.
        inside: Whether the caller comes through our endpoint.
        rights: The caller's own policies; None for a caller whose are elsewhere.
        lists: Prefix that a listing names.
        names_the_key: Whether an upload names it; else the bucket's default counts.
        through_athena: Whether Athena calls for the caller.
    """

    who: str
    does: str
    bucket: str
    below: str | None
    inside: bool
    rights: Document | None
    exact: bool = False
    lists: str | None = None
    names_the_key: bool = True
    through_athena: bool = False


def _jobs_work(scene: Scene) -> Iterator[Violation]:
    execution = {
        role.stack: role for role in roles(scene) if is_execution_role(scene, role)
    }
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
                exact=bucket == "models",
            )
            yield from _refused(scene, role.path, attempt)
        # AWS: Protecting data at rest using encryption (SageMaker AI).
        lent = at_key_for_volumes(scene, who)
        if not _uses_the_key(scene, "kms:CreateGrant", lent, rights):
            yield Violation(
                resource=role.path,
                says=f"{who} needs to lend the key to the volumes of its instances, "
                "and the key's policy or its own refuses it.",
            )
        yield from _job_takes_its_role(scene, role, transform.name)
        for model, request in models_of(scene):
            if model.stack != transform.stack:
                continue
            for question in needs_of_a_model(scene, who, request, transform.images):
                if not allowed(scene, question, rights):
                    yield Violation(
                        resource=role.path,
                        says=f"{who} needs to call {question.does} on {question.at} "
                        "to run a job, and its own policy refuses it.",
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


def _job_takes_its_role(
    scene: Scene, role: Resource, transform: str
) -> Iterator[Violation]:
    place, name = scene.place, f"{scene.declared.name}-{transform}-0123456789abcdef"
    here = f"arn:{place.partition}:sagemaker:{place.region}:{place.account}"
    trust = document_in(role, "AssumeRolePolicyDocument")
    for kind in ("model", "transform-job"):
        told = by_service(scene, "sagemaker.amazonaws.com", f"{here}:{kind}/{name}")
        question = Question(does="sts:AssumeRole", at=arn_of(scene, role), told=told)
        if not allowed(scene, question, trust):
            yield Violation(
                resource=role.path,
                says=f"SageMaker needs to take {role.path} for a {kind}, and the list "
                "of who may take it refuses that.",
            )


def _duties_work(scene: Scene) -> Iterator[Violation]:
    yield from _queries_work(scene)
    perimeter, rights = scene.declared.perimeter, _rights_of_people(scene)
    for duty, arns, outside, work in (
        (
            "uploaders",
            perimeter.uploaders,
            perimeter.uploaders_outside,
            (
                ("s3:PutObject", "models", ""),
                ("s3:PutObject", "inputs", ""),
                ("s3:PutObject", "control", ARRIVALS),
                ("s3:PutObject", "control", SHARDS),
            ),
        ),
        (
            "readers",
            perimeter.readers,
            perimeter.readers_outside,
            (("s3:GetObject", "outputs", ""),),
        ),
        (
            "analysts",
            perimeter.analysts,
            perimeter.analysts,
            (
                ("s3:GetObject", "outputs", ""),
                ("s3:GetObject", "control", OUTCOMES),
                ("s3:PutObject", "outputs", perimeter.query_prefix),
            ),
        ),
        (
            "break_glass",
            perimeter.break_glass,
            perimeter.break_glass,
            tuple(
                ("s3:GetObject", kind, "") for kind in ("models", "inputs", "outputs")
            ),
        ),
    ):
        for arn in arns:
            for (does, bucket, below), names_the_key in product(work, (True, False)):
                attempt = Attempt(
                    who=_example_of(arn),
                    does=does,
                    bucket=bucket,
                    below=below,
                    inside=arn not in outside,
                    rights=rights.get(arn.rpartition("/")[2], _NOTHING),
                    names_the_key=names_the_key,
                    through_athena=duty == "analysts",
                )
                where = f"{scene.foundation.name}/{duty}"
                yield from _refused(scene, where, attempt)


def _queries_work(scene: Scene) -> Iterator[Violation]:
    """Analysts query in each workgroup, and see each table."""
    rights = _rights_of_people(scene)
    for who in scene.declared.perimeter.analysts:
        for kind, does in (
            ("AWS::Athena::WorkGroup", "athena:StartQueryExecution"),
            ("AWS::Athena::WorkGroup", "athena:GetQueryResults"),
            ("AWS::Glue::Table", "glue:GetTable"),
        ):
            for each in scene.estate.of_type(kind):
                told = at_a_service(scene, _example_of(who))
                question = Question(does=does, at=_queried(scene, each), told=told)
                given = rights.get(who.rpartition("/")[2], _NOTHING)
                if not allowed(scene, question, given):
                    yield Violation(
                        resource=f"{scene.foundation.name}/analysts",
                        says=f"{who} needs to call {does} for {each.path}, and its "
                        "own policy refuses it.",
                    )


def _queried(scene: Scene, resource: Resource) -> str:
    """ARN of a workgroup or a table."""
    place, given = scene.place, resource.properties
    if resource.type == "AWS::Glue::Table":
        table = given.get("TableInput")
        name = table.get("Name") if isinstance(table, dict) else None
        service, what = "glue", f"table/{given.get('DatabaseName')}/{name}"
    else:
        service, what = "athena", f"workgroup/{given.get('Name')}"
    return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{what}"


def _rights_of_people(scene: Scene) -> dict[str, Document]:
    return {
        name: document_in(each, "PolicyDocument")
        for each in scene.estate.of_type("AWS::IAM::ManagedPolicy")
        for name in map(str, listed(each.properties.get("Roles", [])))
    }


def _repairs_work(scene: Scene) -> Iterator[Violation]:
    """CloudFormation deploys with rights of its own account, from outside."""
    for role in scene.declared.perimeter.deployment_roles:
        for kind in ("models", "inputs", "outputs", "control", "logs"):
            for does in _MANAGES_BUCKETS:
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
            *((role, does) for does in _MANAGES_KEYS),
            # KMS keeps no door open for root, as S3 does.
            (scene.site.root, "kms:PutKeyPolicy"),
        ):
            if not _uses_the_key(scene, does, at_key(scene, who)):
                yield Violation(
                    resource=key.path,
                    says=f"{who} may not call {does}, and so cannot repair the key.",
                )


_NOTHING: Document = {"Version": "2012-10-17", "Statement": []}


def _example_of(pattern: str) -> str:
    """Somebody whom an ARN pattern names; permission sets end in a star."""
    return pattern.replace("*", "0123456789abcdef")


def _refused(scene: Scene, path: str, attempt: Attempt) -> Iterator[Violation]:
    stops = _stopped(scene, attempt)
    if stops is not None:
        what = attempt.bucket + ("" if attempt.below is None else f"/{attempt.below}")
        yield Violation(
            resource=path,
            says=f"{attempt.who} needs to call {attempt.does} on {what} "
            f"{'through our endpoint' if attempt.inside else 'from outside'}, and "
            f"{stops} refuses it.",
        )


def _stopped(scene: Scene, attempt: Attempt) -> str | None:
    """What stands in the way, or None."""
    bucket = scene.bucket_arn(attempt.bucket)
    whole = f"{bucket}/{attempt.below}" if attempt.exact else f"{bucket}/"
    question = Question(
        does=attempt.does,
        at=bucket if attempt.below is None else whole,
        below=None if attempt.exact else attempt.below,
        told=_told(scene, attempt),
    )
    policy = scene.bucket_policy(scene.named(f"{attempt.bucket.capitalize()}Bucket"))
    if not not_denied(scene, question, policy):
        return "the bucket's policy"
    if attempt.inside and not allowed(scene, question, scene.endpoint_policy()):
        return "the endpoint's policy"
    if attempt.rights is not None and not allowed(scene, question, attempt.rights):
        return "its own policy"
    if attempt.below is None:
        return None
    told = at_key_through_s3(scene, attempt.who, bucket)
    uses = ["kms:Decrypt"]
    uses += ["kms:GenerateDataKey"] if attempt.does == "s3:PutObject" else []
    if all(_uses_the_key(scene, does, told, attempt.rights) for does in uses):
        return None
    return "the key's policy or its own right to the key"


def _told(scene: Scene, attempt: Attempt) -> Told:
    """All that AWS tells of such a request."""
    told = at_bucket(scene, attempt.who, inside=attempt.inside)
    if attempt.through_athena:
        told |= {"aws:CalledVia": (ATHENA,), "aws:ViaAWSService": True}
    if attempt.lists is not None:
        told["s3:prefix"] = attempt.lists
    if attempt.does == "s3:PutObject" and attempt.names_the_key:
        told[ENCRYPTION] = "aws:kms"
        told[KEY_ID] = scene.named("KeyArn")
    return told


def _uses_the_key(
    scene: Scene, does: str, told: Told, rights: Document | None = None
) -> bool:
    question = Question(does=does, at=scene.named("KeyArn"), told=told)
    policies = [scene.key_policy(), *([] if rights is None else [rights])]
    return allowed(scene, question, *policies)


_MANAGES_BUCKETS = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
)
"""What CloudFormation calls for a bucket (AWS: AWS::S3::Bucket and its schema)."""

_MANAGES_KEYS = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)
"""What CloudFormation calls for a key and its alias."""

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
