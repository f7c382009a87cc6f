"""The promise that functions keep what is known of jobs, and read it again.

A note that cannot be written, or read, stops what waits for it: an end that nobody is
told of, a run that begins twice.
"""

from collections.abc import Iterator, Mapping

from private_transform.handlers.contract import METRICS
from review.identity import rights_of
from review.plain import Resource
from review.scene import Scene
from review.transforms import transforms_of

from .at_bucket import ENCRYPTION
from .context import Unknown, at_bucket, at_key_through_s3, by_role
from .hearing import HANDLER
from .invariant import Invariant, Violation
from .passing import Question, allowed, not_denied

_RUN = (
    *("days", "finished", "launches", "manifests"),
    *("redos", "runs", "selections", "turns"),
)
_END = ("claims", "ends", "evidence", "manifests")

_NOTES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "handlers.entry.on_event": {
        "s3:GetObject": ("requests",),
        "s3:PutObject": ("requests",),
    },
    "handlers.entry.is_complete": {
        "s3:GetObject": ("claims", "requests"),
        "s3:PutObject": ("launches", "requests"),
    },
    "handlers.entry.run": {
        "s3:GetObject": (*_RUN, "shards"),
        "s3:GetObjectVersion": ("arrivals",),
        "s3:PutObject": _RUN,
    },
    HANDLER: {
        "s3:GetObject": (*_END, "launches", "runs", "stops"),
        "s3:PutObject": (*_END, "outcomes"),
    },
    "handlers.entry.watch": {
        "s3:GetObject": ("ends",),
        "s3:PutObject": ("stops",),
    },
}
"""What each handler reads and writes, by the folders of the control bucket."""

_UNDER_OUR_KEY = {HANDLER, "handlers.entry.run"}
"""Handlers whose notes are names of inputs; others write under S3's key."""


def _noted(scene: Scene) -> Iterator[Violation]:
    policy = scene.bucket_policy(scene.named("ControlBucket"))
    for function in scene.estate.of_type("AWS::Lambda::Function"):
        handler = str(function.properties.get("Handler"))
        if handler not in _NOTES:
            continue
        role = scene.resource("AWS::IAM::Role", str(function.properties.get("Role")))
        rights = rights_of(scene, role)
        for question in _needed(scene, role, handler):
            at_ours = question.does.startswith("s3:")
            if not allowed(scene, question, rights):
                refuses = role.path
            elif at_ours and not not_denied(scene, question, policy):
                refuses = scene.bucket("control").path
            else:
                continue
            yield Violation(
                resource=refuses,
                says=f"{function.path} needs to call {question.does} on {question.at}"
                f"{question.below or ''}, and the policy of {refuses} refuses it.",
            )


def _needed(scene: Scene, role: Resource, handler: str) -> Iterator[Question]:
    who, control = scene.estate.names(role).arn, scene.bucket_arn("control")
    told = at_bucket(scene, who, inside=False)
    for does, folders in _NOTES[handler].items():
        # Some notes carry S3's key, and some ours.
        named = {ENCRYPTION: Unknown.ANY} if does == "s3:PutObject" else {}
        for below in (it for each in folders for it in _within(scene, each)):
            yield Question(
                does=does, at=f"{control}/", below=below, told={**told, **named}
            )
    if "s3:GetObject" in _NOTES[handler]:
        # Without it, what is not there is refused (AWS: GetObject).
        yield Question(does="s3:ListBucket", at=control, told=told)
    if handler in _UNDER_OUR_KEY:
        key, through = scene.named("KeyArn"), at_key_through_s3(scene, who, control)
        for does in ("kms:Decrypt", "kms:GenerateDataKey"):
            yield Question(does=does, at=key, told=through)
    if handler in (HANDLER, "handlers.entry.watch"):
        counted = {**by_role(scene, who), "cloudwatch:namespace": METRICS}
        yield Question(does="cloudwatch:PutMetricData", at="*", told=counted)
    if handler == HANDLER:
        place, mine = scene.place, by_role(scene, who)
        here = f"arn:{place.partition}:sagemaker:{place.region}:{place.account}:"
        ours = f"{scene.declared.name}-"
        jobs, models = f"{here}transform-job/", f"{here}model/{ours}"
        yield Question(
            does="sagemaker:DescribeTransformJob", at=jobs, below="", told=mine
        )
        yield Question(does="sagemaker:DescribeModel", at=models, below="", told=mine)


def _within(scene: Scene, folder: str) -> Iterator[str]:
    """What keys in a folder begin with, as far as it is known."""
    match folder:
        case "arrivals":
            for each in transforms_of(scene):
                if each.runs is not None and each.runs.on_arrival:
                    yield f"{folder}/{each.name}/"
        case "requests":  # By stacks.
            yield f"{folder}/{scene.declared.name}-"
        case _:
            yield f"{folder}/"


NOTING = (
    Invariant(
        id="works-notes",
        says="Functions keep in the control bucket what is known of jobs and runs, and "
        "read it again.",
        violations=_noted,
    ),
)
"""All of them."""
