"""What a deployment would do to data: take it, replace it, or stop protecting it."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from private_transform.query import RESULTS_PREFIX
from review.change import Change
from review.findings import Finding
from review.lifecycle import NEVER, archived, expires_after, forgets_after
from review.plain import Resource, is_true, listed, whole_number
from review.replacement import Replacement

STATEFUL = {
    "AWS::CloudTrail::Trail",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
}
"""What holds something that cannot be made again."""

_KEEPS = ("Retain", "RetainExceptOnCreate", "Snapshot")


def findings(change: Change, replaced: list[Replacement]) -> Iterator[Finding]:
    """Every loss, and every protection that goes."""
    yield from _removed(change)
    yield from _replaced(replaced, change)
    for old, new in change.kept():
        yield from _kept_less(old, new)
        if new.type == "AWS::S3::Bucket":
            yield from _bucket(old, new)
        if new.type == "AWS::Logs::LogGroup":
            yield from _shorter(old, new, "RetentionInDays", "log events")
        if new.type == "Custom::JobLogGroup":
            yield from _shorter(old, new, "RetentionInDays", "log events of jobs")
        if new.type == "AWS::KMS::Key":
            yield from _shorter(old, new, "PendingWindowInDays", "a deleted key")
            yield from _rotates_later(old, new)
        if new.type == "AWS::CloudTrail::Trail":
            yield from _trail(old, new)
    yield from _unprotected(change)


def _removed(change: Change) -> Iterator[Finding]:
    for each in change.removed():
        if each.type not in STATEFUL:
            continue
        stays = each.body.get("DeletionPolicy", "Delete") in _KEEPS
        yield Finding(
            rule="data-removed",
            severity="medium" if stays else "high",
            resource=each.path,
            message=f"{each.type} {each.path} leaves its stack; "
            + ("it stays and nobody manages it." if stays else "it is deleted."),
        )


def _replaced(replaced: list[Replacement], change: Change) -> Iterator[Finding]:
    for each in replaced:
        dragged = [path for path in each.cascade if _is_stateful(change, path)]
        stateful = each.resource.type in STATEFUL or dragged
        cascade = (
            f" {len(each.cascade)} more follow: {', '.join(each.cascade)}."
            if each.cascade
            else ""
        )
        yield Finding(
            rule="data-replaced" if stateful else "replaced",
            severity="high" if stateful else "medium",
            resource=each.resource.path,
            message=f"{each.resource.path} is replaced, because {each.property} cannot "
            f"be changed in place.{cascade}",
        )


def _is_stateful(change: Change, path: str) -> bool:
    return change.new[path].type in STATEFUL


def _kept_less(old: Resource, new: Resource) -> Iterator[Finding]:
    if new.type not in STATEFUL:
        return
    for attribute, when in (
        ("DeletionPolicy", "when it leaves its stack"),
        ("UpdateReplacePolicy", "when it is replaced"),
    ):
        was, now = (each.body.get(attribute, "Delete") for each in (old, new))
        if was in _KEEPS and now not in _KEEPS:
            yield Finding(
                rule="data-retention",
                severity="high",
                resource=new.path,
                message=f"{new.path} was kept {when}, and would be deleted now: "
                f"{attribute} {was} -> {now}.",
            )


def _bucket(old: Resource, new: Resource) -> Iterator[Finding]:
    was, now = (
        _mapping(each, "VersioningConfiguration").get("Status") == "Enabled"
        for each in (old, new)
    )
    if was and not now:
        yield Finding(
            rule="data-versioning",
            severity="high",
            resource=new.path,
            message=f"{new.path} keeps no earlier versions any more: what is "
            "overwritten is lost.",
        )
    for days_of, what in (
        (partial(expires_after, below=RESULTS_PREFIX), "objects are deleted"),
        (forgets_after, "earlier versions are deleted"),
    ):
        before, after = days_of(old), days_of(new)
        if after < before:
            earlier = "never" if before == NEVER else f"after {before:.0f} days"
            yield Finding(
                rule="data-lifecycle",
                severity="high",
                resource=new.path,
                message=f"In {new.path} {what} after {after:.0f} days, before this "
                f"change {earlier}.",
            )

    for place in sorted(archived(new) - archived(old)):
        yield Finding(
            rule="data-lifecycle",
            severity="high",
            resource=new.path,
            message=f"Objects of {new.path} go to {place}: a job may be unable to read "
            "them.",
        )


def _shorter(old: Resource, new: Resource, name: str, what: str) -> Iterator[Finding]:
    was, now = (each.properties.get(name) for each in (old, new))
    if now is None or was == now:
        return
    before, after = whole_number(was), whole_number(now)
    if was is None or (before is not None and after is not None and after < before):
        kept = "for ever" if was is None else f"for {was} days"
        yield Finding(
            rule="data-retention",
            severity="medium",
            resource=new.path,
            message=f"{new.path} keeps {what} for {now} days, before this change "
            f"{kept}.",
        )


def _rotates_later(old: Resource, new: Resource) -> Iterator[Finding]:
    """A year is the default (AWS: Rotate AWS KMS keys)."""
    was, now = (
        whole_number(each.properties.get("RotationPeriodInDays", 365))
        for each in (old, new)
    )
    if was is not None and now is not None and now > was:
        yield Finding(
            rule="key-rotation",
            severity="medium",
            resource=new.path,
            message=f"{new.path} is renewed every {now} days, before this change every "
            f"{was} days.",
        )


def _trail(old: Resource, new: Resource) -> Iterator[Finding]:
    for name, says in (
        ("IsLogging", "records nothing any more"),
        ("EnableLogFileValidation", "can be changed unnoticed"),
        ("IsMultiRegionTrail", "records one region only"),
        ("IncludeGlobalServiceEvents", "does not record IAM any more"),
    ):
        if is_true(old.properties.get(name)) and not is_true(new.properties.get(name)):
            yield Finding(
                rule="audit-weaker",
                severity="high",
                resource=new.path,
                message=f"The trail {new.path} {says}: {name} is off.",
            )
    for name, what in (
        ("AdvancedEventSelectors", "what is recorded"),
        ("EventSelectors", "what is recorded"),
        ("KMSKeyId", "what encrypts its records"),
        ("S3BucketName", "where its records go"),
    ):
        was, now = (listed(each.properties.get(name, [])) for each in (old, new))
        # A trail that records more besides is none the weaker.
        if any(each not in now for each in was) or (now != was and not was):
            yield Finding(
                rule="audit-weaker",
                severity="high",
                resource=new.path,
                message=f"The trail {new.path} has another {name}: it decides {what}.",
            )


def _unprotected(change: Change) -> Iterator[Finding]:
    if change.before is None:
        return
    were = {stack.name: stack.is_protected for stack in change.before.assembly.stacks}
    for stack in change.after.assembly.stacks:
        if were.get(stack.name) is True and stack.is_protected is False:
            yield Finding(
                rule="data-protection",
                severity="high",
                resource=stack.name,
                message=f"The stack {stack.name} loses its termination protection.",
            )
    names = {stack.name for stack in change.after.assembly.stacks}
    for name in sorted(were.keys() - names):
        yield Finding(
            rule="stack-removed",
            severity="medium",
            resource=name,
            message=f"The stack {name} is not in this assembly any more; it stays "
            "deployed until somebody removes it.",
        )


def _mapping(resource: Resource, key: str) -> Mapping[str, Any]:
    found = resource.properties.get(key)
    return found if isinstance(found, dict) else {}
