"""The promises about the data buckets, proved on their policies for every action."""

import json
from collections.abc import Iterator
from functools import cache, partial

from private_transform.lock import BucketKind
from review.proof.actions import INVENTED_S3, bucket_policy_actions
from review.scene import Scene
from review.site import Site

from .at_bucket import BUCKET_THEOREMS, AtBucket, Promise, at_bucket
from .invariant import Invariant, Violation

_KINDS: tuple[BucketKind, ...] = ("models", "inputs", "outputs")


def _contradictions(scene: Scene, promise: Promise) -> Iterator[Violation]:
    for kind in _KINDS:
        policy = scene.bucket_policy(scene.named(f"{kind.capitalize()}Bucket"))
        for theorem, witness in _found(
            scene.site,
            kind,
            promise,
            json.dumps(policy),
            json.dumps(scene.endpoint_policy()),
        ):
            yield Violation(
                resource=scene.bucket(kind).path,
                says=f"not so: {theorem}. {witness}.",
            )


@cache
def _found(
    site: Site, kind: BucketKind, promise: Promise, bucket: str, endpoint: str
) -> tuple[tuple[str, str], ...]:
    """Theorems that do not hold, and a request that shows it."""
    scenes = _scenes(site, kind, bucket, endpoint)
    found = []
    for theorem in BUCKET_THEOREMS:
        if theorem.promise != promise:
            continue
        contradiction = site.contradiction(
            scenes[0].request,
            ((each.action.name, theorem.contradicted_by(each)) for each in scenes),
            where=f"the {kind} bucket",
        )
        if contradiction is not None:
            found.append((theorem.says, contradiction))
    return tuple(found)


@cache
def _scenes(site: Site, kind: BucketKind, bucket: str, endpoint: str) -> list[AtBucket]:
    documents = {kind: json.loads(bucket), "endpoint": json.loads(endpoint)}
    return at_bucket(site, kind, documents, (*bucket_policy_actions(), *INVENTED_S3))


def _of(promise: Promise, says: str) -> Invariant:
    return Invariant(
        id=f"data-{promise}",
        says=says,
        violations=partial(_contradictions, promise=promise),
    )


def _management(scene: Scene) -> Iterator[Violation]:
    if scene.declared.perimeter.lock_management:
        yield from _contradictions(scene, "management")


DATA = (
    _of(
        "endpoint",
        "Objects of the data buckets are reached through the trusted endpoints, or by "
        "a declared exception.",
    ),
    _of("account", "Nobody outside the account reaches a data bucket."),
    _of("tls", "Nothing reaches a data bucket without TLS 1.2."),
    _of("encryption", "A new object is encrypted with the environment's key."),
    _of("through", "The endpoint leads to the data, for what each duty needs."),
    Invariant(
        id="data-management",
        says="With `lock_management`, only deployments change the data buckets.",
        violations=_management,
    ),
)
"""All of them."""
