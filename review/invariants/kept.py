"""The promise that data outlive their stacks, where that is declared."""

from collections.abc import Iterator

from review.scene import Scene

from .invariant import Invariant, Violation

_KEPT = ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")


def _outlives(scene: Scene) -> Iterator[Violation]:
    if not scene.declared.keeps_data:
        return
    for each in scene.estate.of_type(*_KEPT):
        if each.stack != scene.foundation.name:
            continue
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            policy = each.body.get(attribute, "Delete")
            if policy not in ("Retain", "RetainExceptOnCreate"):
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} is deleted with its stack or its replacement: "
                    f"{attribute} is {policy}.",
                )
    if scene.foundation.is_protected is False:
        yield Violation(
            resource=scene.foundation.name,
            says=f"Anybody who may delete stacks can delete {scene.foundation.name}: "
            "it has no termination protection.",
        )


def _versioned(scene: Scene) -> Iterator[Violation]:
    for kind in ("models", "inputs", "outputs", "control"):
        bucket = scene.bucket(kind)
        if bucket.properties.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield Violation(
                resource=bucket.path,
                says=f"What is overwritten in {bucket.path} is lost: it keeps no "
                "versions.",
            )


def _audited(scene: Scene) -> Iterator[Violation]:
    if not scene.declared.audits:
        return
    for trail in scene.estate.of_type("AWS::CloudTrail::Trail"):
        settings = ("IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents")
        if all(trail.properties.get(name) is True for name in settings):
            return
    yield Violation(
        resource=scene.foundation.name,
        says="No trail records who uses the key and the data, or changes a right.",
    )


KEPT = (
    Invariant(
        id="kept-data",
        says="Where `protection` is `keep`, key and buckets outlive their stacks.",
        violations=_outlives,
    ),
    Invariant(
        id="kept-versions",
        says="Buckets keep the versions of what is overwritten.",
        violations=_versioned,
    ),
    Invariant(
        id="kept-trail",
        says="With `audit: own`, a trail records every use of key, data and rights.",
        violations=_audited,
    ),
)
"""All of them."""
