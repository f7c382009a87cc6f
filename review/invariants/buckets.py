"""The promises about the buckets that their policies cannot give."""

from collections.abc import Iterator, Mapping
from typing import Any

import z3

from review.plain import Resource, is_true
from review.proof.actions import INVENTED_S3, bucket_policy_actions
from review.proof.formulas import all_of
from review.proof.reading import Reading
from review.proof.reading import Resource as At
from review.proof.request import Request
from review.proof.solver import first_example
from review.scene import Document, Scene, encryptions_of

from .deputy import is_for_the_account
from .invariant import Invariant, Violation

_OURS = ("models", "inputs", "outputs", "control")
_BLOCKED = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_KNOWN = {
    "BucketEncryption",
    "BucketName",
    "LifecycleConfiguration",
    "LoggingConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "Tags",
    "VersioningConfiguration",
}
"""Properties that send nothing anywhere but access logs."""

_PAST_THE_POLICY = {
    "AWS::S3::AccessGrant",
    "AWS::S3::AccessGrantsInstance",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
}


_OTHER_STORES = (
    "AWS::S3Express::",
    "AWS::S3Files::",
    "AWS::S3Outposts::",
    "AWS::S3Tables::",
    "AWS::S3Vectors::",
)


def _all(scene: Scene) -> Iterator[Resource]:
    for kind in (*_OURS, "logs"):
        yield scene.bucket(kind)


def _not_public(scene: Scene) -> Iterator[Violation]:
    for bucket in _all(scene):
        block = _mapping(bucket, "PublicAccessBlockConfiguration")
        for name in _BLOCKED:
            if not is_true(block.get(name)):
                yield Violation(
                    resource=bucket.path,
                    says=f"{bucket.path} may become public: {name} is off.",
                )
        rules = _mapping(bucket, "OwnershipControls").get("Rules", [])
        if rules != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            yield Violation(
                resource=bucket.path,
                says=f"An access control list may give away objects of {bucket.path}.",
            )
        for name in sorted(bucket.properties.keys() - _KNOWN):
            if _is_heard_of_runs(scene, bucket, name):
                continue
            yield Violation(
                resource=bucket.path,
                says=f"{bucket.path} has a {name}: objects or their names may leave it "
                "another way.",
            )


def _is_heard_of_runs(scene: Scene, bucket: Resource, name: str) -> bool:
    """How an upload begins a run; names of the control bucket hold none of an input."""
    if name != "NotificationConfiguration":
        return False
    match bucket.properties[name]:
        case {"EventBridgeConfiguration": {"EventBridgeEnabled": on, **more}, **others}:
            is_all = not more and not others
            return (
                is_all and is_true(on) and bucket.path == scene.bucket("control").path
            )
    return False


def _known(scene: Scene) -> Iterator[Violation]:
    for bucket in scene.other_buckets():
        yield Violation(
            resource=bucket.path,
            says=f"{bucket.path} is none of the environment's buckets, and nothing "
            "locks it.",
        )
    for each in scene.estate.resources:
        if each.type.startswith(_OTHER_STORES):
            yield Violation(
                resource=each.path,
                says=f"{each.type} {each.path} holds objects, and nothing locks it.",
            )
    for each in scene.estate.of_type(*sorted(_PAST_THE_POLICY)):
        yield Violation(
            resource=each.path,
            says=f"{each.type} {each.path} is another way to objects.",
        )


def _encrypted(scene: Scene) -> Iterator[Violation]:
    for kind in _OURS:
        bucket = scene.bucket(kind)
        wanted = [
            {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": name}
            for name in scene.key_names
        ]
        if encryptions_of(bucket) not in ([each] for each in wanted):
            yield Violation(
                resource=bucket.path,
                says=f"What is put into {bucket.path} is not encrypted with the "
                "environment's key by default.",
            )


def _tls(scene: Scene) -> Iterator[Violation]:
    """The data buckets' own policies are proved; these two refuse plain HTTP."""
    for kind in ("control", "logs"):
        bucket = scene.bucket(kind)
        arn = scene.bucket_arn(kind)
        policy = scene.bucket_policy(scene.named(f"{kind.capitalize()}Bucket"))
        if _serves_http(scene, policy, arn):
            yield Violation(
                resource=bucket.path, says=f"{bucket.path} is served without TLS."
            )


def _serves_http(scene: Scene, policy: Document, arn: str) -> bool:
    """Whether some request without TLS is not denied, whatever it asks for."""
    request = Request()
    places = {
        "bucket": At(arn),
        "object": At(f"{arn}/", request.object_key),
    }
    read = {level: Reading(request, policy, at) for level, at in places.items()}
    served = (
        (each.name, z3.Not(read[each.level].denies(each.name)))
        for each in (*bucket_policy_actions(), *INVENTED_S3)
    )
    plain = z3.Not(request.value("aws:SecureTransport"))
    found = first_example(
        request,
        ((name, all_of([plain, passes])) for name, passes in served),
        partition=scene.place.partition,
        account=scene.place.account,
    )
    return found is not None


def _owned(scene: Scene) -> Iterator[Violation]:
    """Nobody of another account is let into the two that are not locked."""
    for kind in ("control", "logs"):
        bucket = scene.bucket(kind)
        policy = scene.bucket_policy(scene.named(f"{kind.capitalize()}Bucket"))
        for statement in policy["Statement"]:
            principal = statement.get("Principal")
            if statement["Effect"] == "Deny":
                continue
            if not isinstance(principal, dict) or set(principal) != {"Service"}:
                yield Violation(
                    resource=bucket.path,
                    says=f"The policy of {bucket.path} lets in {principal}: its "
                    "readers have rights of their own.",
                )
            elif not is_for_the_account(scene, statement):
                yield Violation(
                    resource=bucket.path,
                    says=f"The policy of {bucket.path} lets in {principal['Service']} "
                    "on behalf of any account.",
                )


def _mapping(bucket: Resource, key: str) -> Mapping[str, Any]:
    found = bucket.properties.get(key)
    return found if isinstance(found, dict) else {}


BUCKETS = (
    Invariant(
        id="buckets-known",
        says="There is no bucket beside the environment's five, and no other way to "
        "their objects.",
        violations=_known,
    ),
    Invariant(
        id="buckets-not-public",
        says="No bucket can become public, by policy or by list.",
        violations=_not_public,
    ),
    Invariant(
        id="buckets-encrypted",
        says="Buckets encrypt with the environment's key by default.",
        violations=_encrypted,
    ),
    Invariant(
        id="buckets-tls",
        says="Control and log bucket refuse plain HTTP.",
        violations=_tls,
    ),
    Invariant(
        id="buckets-owned",
        says="The policies of control and log bucket let in services only.",
        violations=_owned,
    ),
)
"""All of them."""
