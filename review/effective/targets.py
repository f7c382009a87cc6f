"""What everybody is after: the buckets and the key, and who decides about them."""

from dataclasses import dataclass

from review.plain import Place
from review.proof.actions import bucket_policy_actions, key_policy_actions
from review.scene import Document, Scene, UnclearError, encryptions_of

_KEY = "key"
_ENCRYPTED = ("inputs", "models", "outputs")
"""Buckets whose policies let in what the key encrypts, and nothing else."""

_KINDS = ("control", "logs", *_ENCRYPTED)
TARGETS = (*(f"{kind} bucket" for kind in _KINDS), _KEY)
"""All of them, as a report names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bucket or the key, and every policy that decides about requests there.

    Args:
        arn: Its ARN.
        place: Where it is.
        policy: Its own policy.
        key_arn: The environment's key.
        endpoint: The endpoint's policy; None for the key, to which it does not lead.
        endpoint_ids: The environment's endpoint, then the others that it trusts.
        key: The key's policy, where everything in the bucket is encrypted with it.
    """

    arn: str
    place: Place
    policy: Document
    key_arn: str
    endpoint: Document | None = None
    endpoint_ids: tuple[str, ...] = ()
    key: Document | None = None

    @property
    def is_key(self) -> bool:
        """Whether it is the key."""
        return self.endpoint is None

    @property
    def s3(self) -> str:
        """How S3 is called where KMS is told for whom it works."""
        return f"s3.{self.place.region}.amazonaws.com"

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action of the catalogue that there is at it."""
        if self.is_key:
            return key_policy_actions()
        return tuple(each.name for each in bucket_policy_actions())


def target(scene: Scene, name: str) -> Target | str:
    """One of the targets, or why it cannot be told what happens there."""
    try:
        if name == _KEY:
            return _key(scene)
        return _bucket(scene, name.partition(" ")[0])
    except UnclearError as error:
        return str(error)


def _key(scene: Scene) -> Target:
    arn = scene.named("KeyArn")
    return Target(arn=arn, place=scene.place, policy=scene.key_policy(), key_arn=arn)


def _bucket(scene: Scene, kind: str) -> Target:
    key = scene.named("KeyArn")
    needs_key = kind in _ENCRYPTED and any(
        isinstance(each, dict) and each.get("KMSMasterKeyID") in scene.key_names
        for each in encryptions_of(scene.bucket(kind))
    )
    return Target(
        arn=scene.bucket_arn(kind),
        place=scene.place,
        policy=scene.bucket_policy(scene.named(f"{kind.capitalize()}Bucket")),
        key_arn=key,
        endpoint=scene.endpoint_policy(),
        endpoint_ids=scene.site.endpoint_ids,
        key=scene.key_policy() if needs_key else None,
    )
