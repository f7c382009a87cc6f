"""The promise that data outlive their stacks, where that is declared."""

from collections.abc import Iterator, Mapping
from typing import Any

from review.lifecycle import NEVER, archived, expires_after, forgets_after
from review.plain import Resource, is_true, listed
from review.scene import Scene, mappings_in

from .invariant import Invariant, Violation

_READ_AT_ONCE = {
    *("GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA"),
}
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
    declared = scene.declared.keeps_versions_for
    for kind in ("models", "inputs", "outputs", "control"):
        bucket = scene.bucket(kind)
        if bucket.properties.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield Violation(
                resource=bucket.path,
                says=f"What is overwritten in {bucket.path} is lost: it keeps no "
                "versions.",
            )
        # What queries leave can be asked for again.
        below = scene.declared.perimeter.query_prefix if kind == "outputs" else None
        days = expires_after(bucket, below=below)
        if days < NEVER:
            yield Violation(
                resource=bucket.path,
                says=f"Objects of {bucket.path} are deleted after {days:.0f} days, "
                "which no file declares.",
            )
        for place in sorted(archived(bucket) - _READ_AT_ONCE):
            yield Violation(
                resource=bucket.path,
                says=f"Objects of {bucket.path} go to {place}, where nobody reads "
                "them at once.",
            )
        if forgets_after(bucket) < declared:
            yield Violation(
                resource=bucket.path,
                says=f"Earlier versions of {bucket.path} are deleted after "
                f"{forgets_after(bucket):.0f} days, and {declared} are declared.",
            )


def _audited(scene: Scene) -> Iterator[Violation]:
    if not scene.declared.audits:
        return
    for trail in scene.estate.of_type("AWS::CloudTrail::Trail"):
        if _records_all(scene, trail):
            return
    yield Violation(
        resource=scene.foundation.name,
        says="No trail records in the log bucket who uses the key and the data, or "
        "changes a right.",
    )


def _records_all(scene: Scene, trail: Resource) -> bool:
    settings = (
        *("EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging"),
        "IsMultiRegionTrail",
    )
    selectors = [_fields(each) for each in mappings_in(trail, "AdvancedEventSelectors")]
    objects = {f"{scene.bucket_arn(kind)}/" for kind in ("inputs", "models", "outputs")}
    return (
        all(is_true(trail.properties.get(name)) for name in settings)
        and trail.properties.get("S3BucketName") == scene.named("LogsBucket")
        and trail.properties.get("KMSKeyId") == scene.named("KeyArn")
        and {"eventCategory Equals": {"Management"}} in selectors
        and {
            "eventCategory Equals": {"Data"},
            "resources.type Equals": {"AWS::S3::Object"},
            "resources.ARN StartsWith": objects,
        }
        in selectors
    )


def _fields(selector: Mapping[str, Any]) -> dict[str, set[str]]:
    """The values of each field and operator (AWS: AdvancedFieldSelector)."""
    return {
        f"{each.get('Field')} {operator}": set(map(str, listed(values)))
        for each in listed(selector.get("FieldSelectors", []))
        if isinstance(each, dict)
        for operator, values in each.items()
        if operator != "Field"
    }


KEPT = (
    Invariant(
        id="kept-data",
        says="Where `protection` is `keep`, key and buckets outlive their stacks.",
        violations=_outlives,
    ),
    Invariant(
        id="kept-versions",
        says="Buckets keep objects, and versions of what is overwritten for as long "
        "as declared.",
        violations=_versioned,
    ),
    Invariant(
        id="kept-trail",
        says="With `audit: own`, a trail records every use of key, data and rights.",
        violations=_audited,
    ),
)
"""All of them."""
