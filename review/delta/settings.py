"""Settings that no promise judges: which differ, and which of those matter.

A difference that matters is for somebody who knows; every other one is told, so that
nothing changes in silence.
"""

import json
from collections.abc import Iterator
from typing import Any

from review.change import Change
from review.findings import Finding
from review.plain import Resource

_MATTERS: dict[tuple[str, str], str] = {
    ("AWS::CloudWatch::Alarm", "AlarmActions"): "who hears of it",
    ("AWS::IAM::Role", "PermissionsBoundary"): "what bounds its rights",
    ("AWS::Lambda::Function", "Role"): "whose rights it has",
    ("AWS::Logs::LogGroup", "KmsKeyId"): "what encrypts it",
    ("AWS::S3::Bucket", "LoggingConfiguration"): "where accesses are logged",
    ("AWS::SNS::Topic", "KmsMasterKeyId"): "what encrypts it",
    ("AWS::SQS::Queue", "KmsMasterKeyId"): "what encrypts it",
    ("AWS::SQS::Queue", "SqsManagedSseEnabled"): "what encrypts it",
}
"""Properties by type, and what they decide."""

_JUDGED = {
    "AWS::EC2::VPCEndpoint": {"PolicyDocument"},
    "AWS::IAM::ManagedPolicy": {"PolicyDocument", "Roles", "Users", "Groups"},
    "AWS::IAM::Policy": {"PolicyDocument", "Roles", "Users", "Groups"},
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument",
        "ManagedPolicyArns",
        "Policies",
    },
    "AWS::KMS::Key": {"KeyPolicy"},
    "AWS::Lambda::Function": {"Code"},
    "AWS::S3::BucketPolicy": {"PolicyDocument"},
    "AWS::SNS::TopicPolicy": {"PolicyDocument"},
    "AWS::SQS::QueuePolicy": {"PolicyDocument"},
}
"""Properties that another section compares."""

_SAYS_NOTHING = {"Description", "Tags"}
_NETWORK = "AWS::EC2::"


def findings(change: Change) -> Iterator[Finding]:
    """Every difference that no other section tells of."""
    for old, new in change.kept():
        if new.type.startswith(_NETWORK):
            continue
        names = _differing(old, new)
        # What was not set before is only set better now.
        matter = [
            name
            for name in names
            if (new.type, name) in _MATTERS and old.properties.get(name)
        ]
        for name in matter:
            yield Finding(
                rule="setting-matters",
                severity="medium",
                resource=new.path,
                message=f"{new.path} has another {name}, which decides "
                f"{_MATTERS[new.type, name]}.",
            )
        others = [name for name in names if name not in matter]
        if others:
            yield Finding(
                rule="setting-changed",
                severity="low",
                resource=new.path,
                message=f"{new.path} has another {', '.join(others)}.",
            )
    if change.before is None:
        return
    for each in change.added():
        if each.type == "AWS::SNS::Subscription":
            yield Finding(
                rule="access-subscriber",
                severity="medium",
                resource=each.path,
                message=f"{each.properties.get('Endpoint')} is told of what is "
                f"published to {each.properties.get('TopicArn')}.",
            )
    for each in change.removed():
        if each.type in ("AWS::CloudWatch::Alarm", "AWS::SNS::Subscription"):
            yield Finding(
                rule="alarm-removed",
                severity="medium",
                resource=each.path,
                message=f"{each.path} is removed: whom it told hears nothing any more.",
            )


def _differing(old: Resource, new: Resource) -> list[str]:
    skipped = _SAYS_NOTHING | _JUDGED.get(new.type, set())
    sides = old.properties, new.properties
    return [
        name
        for name in sorted(sides[0].keys() | sides[1].keys())
        if name not in skipped and not _is_same(*(it.get(name) for it in sides))
    ]


def _is_same(one: Any, other: Any) -> bool:
    # Python takes 1 for True.
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
