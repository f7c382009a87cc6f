"""Settings that no promise judges: which differ, and which of those matter.

A difference that matters is for somebody who knows; every other one is told, so that
nothing changes in silence.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from review.change import Change
from review.findings import Finding
from review.plain import Resource, listed

from .runs import TIMES

_PROTECTS: dict[tuple[str, str], str] = {
    ("AWS::IAM::Role", "PermissionsBoundary"): "what bounds its rights",
    ("AWS::Lambda::Function", "Role"): "whose rights it has",
    ("AWS::Logs::LogGroup", "KmsKeyId"): "what encrypts it",
    ("AWS::S3::Bucket", "LoggingConfiguration"): "where accesses are logged",
    ("AWS::SNS::Topic", "KmsMasterKeyId"): "what encrypts it",
    ("AWS::SQS::Queue", "KmsMasterKeyId"): "what encrypts it",
    ("AWS::SQS::Queue", "SqsManagedSseEnabled"): "what encrypts it",
    ("Custom::JobLogGroup", "KeyArn"): "what encrypts the logs of jobs",
}
"""Properties by type, and what they decide; what was not set before is only set
better now."""

_DECIDES: dict[str, tuple[str, set[str]]] = {
    "AWS::CloudTrail::Trail": (
        "who hears of what it records",
        {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "SnsTopicName"},
    ),
    "AWS::CloudWatch::Alarm": (
        "when it tells anybody",
        {
            *("ActionsEnabled", "ComparisonOperator", "DatapointsToAlarm"),
            *("Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationPeriods"),
            *("ExtendedStatistic", "MetricName", "Metrics", "Namespace", "Period"),
            *("Statistic", "Threshold", "ThresholdMetricId", "TreatMissingData"),
            "Unit",
        },
    ),
    "AWS::Events::Rule": (
        "what it tells, whom, and when",
        {
            *("EventBusName", "EventPattern", "RoleArn", "ScheduleExpression"),
            *("State", "Targets"),
        },
    ),
    "AWS::Lambda::EventSourceMapping": (
        "which events reach the function",
        {
            *("BatchSize", "DestinationConfig", "Enabled", "EventSourceArn"),
            *("FilterCriteria", "FunctionName", "FunctionResponseTypes"),
            *("MaximumBatchingWindowInSeconds", "ScalingConfig"),
        },
    ),
    "AWS::KMS::Alias": ("which key it names", {"TargetKeyId"}),
    "AWS::Lambda::Function": (
        "whether it runs, and who learns of what it is given",
        {
            *("DeadLetterConfig", "KmsKeyArn", "LoggingConfig"),
            *("ReservedConcurrentExecutions", "Timeout"),
        },
    ),
    "AWS::Scheduler::Schedule": (
        "when runs begin, and with what",
        {
            *("EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn"),
            *("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate"),
            *("State", "Target"),
        },
    ),
    "AWS::SNS::Subscription": (
        "what is told, and to whom",
        {
            *("Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol"),
            *("SubscriptionRoleArn", "TopicArn"),
        },
    ),
    "AWS::SNS::Topic": ("who hears of it", {"Subscription"}),
    "AWS::SQS::Queue": (
        "what becomes of messages",
        {"MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout"},
    ),
    "AWS::StepFunctions::StateMachine": (
        "what it runs, and who learns of it",
        {
            *("EncryptionConfiguration", "LoggingConfiguration", "StateMachineType"),
            *("Definition", "DefinitionS3Location", "DefinitionString"),
            *("DefinitionSubstitutions", "RoleArn"),
        },
    ),
    "Custom::JobLogGroup": ("which logs are kept", {"LogGroupName"}),
    "Custom::TransformJob": ("which model it runs", {"ModelName"}),
    "Custom::TransformModel": ("what people are told to run", {"UploadCommand"}),
}
"""Properties by type, any difference of which matters, and what they decide."""

_TOLD = {"AlarmActions", "InsufficientDataActions", "OKActions"}
"""Whom an alarm tells; that more are told takes nothing from anybody."""

_DEFAULTS: dict[tuple[str, str], Any] = {
    ("AWS::CloudWatch::Alarm", "ActionsEnabled"): True,
    ("AWS::CloudWatch::Alarm", "TreatMissingData"): "missing",
    ("AWS::Events::Rule", "State"): "ENABLED",
    ("AWS::Lambda::EventSourceMapping", "Enabled"): True,
    ("AWS::Scheduler::Schedule", "GroupName"): "default",
    ("AWS::Scheduler::Schedule", "ScheduleExpressionTimezone"): "UTC",
    ("AWS::Scheduler::Schedule", "State"): "ENABLED",
}
"""What a property is that is not there (AWS: the types in the Template reference)."""

_TELLING = {
    "AWS::CloudWatch::Alarm",
    "AWS::Events::Rule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
"""What tells people or functions of what happens, or lets that be told."""

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
    "AWS::Lambda::LayerVersion": {"Content"},
    "AWS::S3::BucketPolicy": {"PolicyDocument"},
    "AWS::SNS::TopicPolicy": {"PolicyDocument"},
    "AWS::SQS::QueuePolicy": {"PolicyDocument"},
}
"""Properties that another section compares."""

_SAYS_NOTHING = {"Description", "Tags"}
_NETWORK = "AWS::EC2::"


def findings(change: Change, told: Collection[str] = ()) -> Iterator[Finding]:
    """Every difference that no other section tells of.

    Args:
        change: Both sides.
        told: Paths of schedules of whose times something is told already.
    """
    for old, new in change.kept():
        if new.type.startswith(_NETWORK):
            continue
        names = _differing(old, new)
        if new.path in told:
            names = [name for name in names if name not in TIMES]
        matter = {name: says for name in names if (says := _matters(old, new, name))}
        for name, says in matter.items():
            yield Finding(
                rule="setting-matters",
                severity="medium",
                resource=new.path,
                message=f"{new.path} has another {name}, which decides {says}.",
            )
        others = [name for name in names if name not in matter]
        if others:
            yield Finding(
                rule="setting-changed",
                severity="low",
                resource=new.path,
                message=f"{new.path} has another {', '.join(others)}.",
            )
    yield from _outputs(change)
    if change.before is None:
        return
    for each in change.added():
        yield from _subscribers(each)
    for each in change.removed():
        if each.type in _TELLING:
            yield Finding(
                rule="alarm-removed",
                severity="medium",
                resource=each.path,
                message=f"{each.path} is removed: whom it told hears nothing any more.",
            )


def _matters(old: Resource, new: Resource, name: str) -> str:
    """What a property that differs decides; nothing if it does not matter."""
    decides, names = _DECIDES.get(new.type, ("", set()))
    if name in names:
        return decides
    if new.type == "AWS::CloudWatch::Alarm" and name in _TOLD:
        were, are = (
            {_text(who) for who in listed(each.properties.get(name, []))}
            for each in (old, new)
        )
        return "who hears of it" if were - are else ""
    return _PROTECTS.get((new.type, name), "") if old.properties.get(name) else ""


def _outputs(change: Change) -> Iterator[Finding]:
    """People go by the foundation's outputs: where data is, and what they run."""
    old = {} if change.before is None else change.before.names
    for name, value in change.after.names.items():
        if old.get(name, value) != value:
            yield Finding(
                rule="setting-matters",
                severity="medium",
                resource=change.after.foundation.name,
                message=f"The output {name} is {value}, before this change "
                f"{old[name]}: people go by it.",
            )


def _subscribers(added: Resource) -> Iterator[Finding]:
    for who, what in _told_by(added):
        yield Finding(
            rule="access-subscriber",
            severity="medium",
            resource=added.path,
            message=f"{who} is told of {what}.",
        )


def _told_by(added: Resource) -> Iterator[tuple[Any, str]]:
    """Whom a new resource tells, and of what."""
    its = added.properties
    match added.type:
        case "AWS::Events::Rule":
            for each in listed(its.get("Targets", [])):
                who = each.get("Arn") if isinstance(each, dict) else each
                yield who, f"what {added.path} waits for"
        case "AWS::Lambda::EventSourceMapping":
            yield its.get("FunctionName"), f"what {its.get('EventSourceArn')} holds"
        case "AWS::SNS::Subscription":
            yield its.get("Endpoint"), f"what is published to {its.get('TopicArn')}"
        case "AWS::SNS::Topic":
            for each in listed(its.get("Subscription", [])):
                who = each.get("Endpoint") if isinstance(each, dict) else each
                yield who, f"what is published to {added.path}"


def _differing(old: Resource, new: Resource) -> list[str]:
    skipped = _SAYS_NOTHING | _JUDGED.get(new.type, set())
    sides = old.properties, new.properties
    return [
        name
        for name in sorted(sides[0].keys() | sides[1].keys())
        if name not in skipped
        and len({_text(_substance(new.type, name, it)) for it in sides}) > 1
    ]


def _substance(kind: str, name: str, properties: Mapping[str, Any]) -> Any:
    """What a property decides: neither names within it nor words about it."""
    value = properties.get(name, _DEFAULTS.get((kind, name)))
    match kind, name, value:
        case "AWS::Events::Rule", "Targets", list(targets):
            return [_without(each, "Id") for each in targets]
        case (
            "AWS::StepFunctions::StateMachine",
            "Definition",
            {"States": dict(states), **more},
        ):
            said = {key: _without(each, "Comment") for key, each in states.items()}
            # Which jobs it orders is told where runs are.
            start = str(more.get("StartAt"))
            said[start] = _without(said.get(start), "Result")
            return {**_without(more, "Comment"), "States": said}
    return value


def _without(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key != name}


def _text(value: Any) -> str:
    # Python takes 1 for True.
    return json.dumps(value, sort_keys=True)
