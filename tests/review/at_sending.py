"""Faults that send something elsewhere, or let a role reach more than it needs."""

from copy import deepcopy
from typing import Any

from tests.lock.mutants import put, without
from tests.review.draft import (
    OPERATIONS,
    Draft,
    Edit,
    no_prop,
    policy,
    prop,
    statement,
    trust,
)
from tests.review.mutant import Mutant, faulty

_COMPLETE = "LauncherIsCompleteRole"
_THEIRS = "arn:aws:sqs:us-east-1:999999999999:theirs"
_NOTEBOOKS = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/*"
_ANY = "arn:aws:ec2:us-east-1:123456789012:*"


def _second_job(draft: Draft) -> None:
    resources = draft.templates["faces"]["Resources"]
    another = deepcopy(draft.body("Job", "faces"))
    another["Properties"]["Request"]["TransformResources"]["InstanceCount"] = 100
    resources["AnotherJob"] = another


def _another_type(draft: Draft) -> None:
    given = draft.properties("Job", "faces")
    draft.templates["faces"]["Resources"]["Odd"] = {
        "Type": "Custom::Odd",
        "Properties": deepcopy(given),
    }


def _passes_over_errors(draft: Draft) -> None:
    for name in ("NetworkCallsNoDefaultEgress", "NetworkCallsNoDefaultIngress"):
        for moment in ("Create", "Update"):
            parts = draft.properties(name)[moment]["Fn::Join"][1]
            parts[0] = parts[0].replace("InvalidPermission.NotFound", ".*")


def _taken_for(role: str, part: str, source: str) -> Edit:
    def change(document: Any) -> None:
        given = document["Statement"][0].setdefault("Condition", {})
        given["ArnLike"] = {"aws:SourceArn": source}

    return trust(role, change, part=part)


def _sent(name: str, owner: str, edit: Edit) -> Mutant:
    return faulty("messages-ours", name, edit, owner)


def _decides(name: str, owner: str, *path: Any, part: str = OPERATIONS) -> Mutant:
    return faulty(
        "settings",
        name,
        prop(owner, *path, part=part),
        owner,
        severity="medium",
        rule="setting-matters",
    )


_OF_A_JOB: dict[str, Edit] = {
    "a job makes interfaces anywhere": policy(
        "ExecutionRole", put("CreateInterfaces", "Resource", _ANY), part="faces"
    ),
    "a job lends interfaces of anybody": policy(
        "ExecutionRole",
        without("LendInterfaces", "ArnEquals", "ec2:Subnet"),
        part="faces",
    ),
    "a job writes any log": policy(
        "ExecutionRole", put("WriteLogs", "Resource", "*"), part="faces"
    ),
    "a job counts anything": policy(
        "ExecutionRole",
        without("WriteMetrics", "StringEquals", "cloudwatch:namespace"),
        part="faces",
    ),
    "a job pulls any image": policy(
        "ExecutionRole", put("PullImages", "Resource", "*"), part="faces"
    ),
}
AT_SENDING: tuple[Mutant, ...] = (
    faulty("models-placed", "a second job in a stack", _second_job, "AnotherJob"),
    faulty("resources-known", "a job of another type", _another_type, "Odd"),
    faulty(
        "network-reaches-s3",
        "nobody finds S3 by its name",
        prop("NetworkVpc", "EnableDnsSupport", False),
        "NetworkVpc",
    ),
    faulty(
        "network-logged",
        "a flow log tells its version alone",
        prop("NetworkFlowLog", "LogFormat", "${version}"),
        "NetworkVpc",
    ),
    faulty(
        "functions-known",
        "a call installs code first",
        prop("NetworkCallsS3PrefixList", "InstallLatestAwsSdk", True),
        "NetworkCallsS3PrefixList",
    ),
    faulty(
        "functions-known",
        "another program wraps a function",
        prop(
            "LauncherOnEvent",
            "Environment",
            "Variables",
            "AWS_LAMBDA_EXEC_WRAPPER",
            "/opt/wrapper",
            part=OPERATIONS,
        ),
        "LauncherOnEvent",
    ),
    faulty(
        "network-default-group",
        "a call passes over every error",
        _passes_over_errors,
        "NetworkVpc",
    ),
    *(
        faulty("roles-of-jobs", name, edit, "ExecutionRole")
        for name, edit in _OF_A_JOB.items()
    ),
    *(
        faulty(
            "roles-of-functions",
            name,
            policy(_COMPLETE, put(sid, "Resource", "*"), part=OPERATIONS),
            _COMPLETE,
        )
        for name, sid in (
            ("the launcher removes any model", "DeleteModels"),
            ("the launcher stops any job", "StopJobs"),
        )
    ),
    faulty(
        "works-jobs",
        "notebooks alone take a job's role",
        _taken_for("ExecutionRole", "faces", _NOTEBOOKS),
        "ExecutionRole",
    ),
    faulty(
        "works-services",
        "a function's role is for a source that Lambda never tells",
        _taken_for("LauncherOnEventRole", OPERATIONS, _NOTEBOOKS),
        "LauncherOnEventRole",
    ),
    faulty(
        "works-services",
        "the trail's role is for another trail",
        _taken_for("AuditWriter", "foundation", _NOTEBOOKS),
        "AuditWriter",
    ),
    faulty(
        "kept-trail",
        "the trail is not encrypted with the key",
        no_prop("Audit", "KMSKeyId"),
        "",
    ),
    _sent(
        "another account subscribes",
        "StateChangesTopicPolicy",
        statement(
            "StateChangesTopicPolicy",
            OPERATIONS,
            Effect="Allow",
            Principal={"AWS": "arn:aws:iam::999999999999:root"},
            Action="sns:Subscribe",
            Resource="@StateChangesTopic",
        ),
    ),
    _sent(
        "any account's rules fill a queue",
        "StateChangesEndedPolicy",
        policy(
            "StateChangesEndedPolicy",
            lambda d: d["Statement"][1].pop("Condition"),
            part=OPERATIONS,
        ),
    ),
    _sent(
        "what fails goes to a foreign queue",
        "StateChangesEnded",
        prop(
            "StateChangesEnded",
            "RedrivePolicy",
            {"deadLetterTargetArn": _THEIRS, "maxReceiveCount": 3},
            part=OPERATIONS,
        ),
    ),
    _sent(
        "events that fail go elsewhere",
        "StateChangesEvents",
        prop(
            "StateChangesEvents",
            "DestinationConfig",
            {"OnFailure": {"Destination": _THEIRS}},
            part=OPERATIONS,
        ),
    ),
    _sent(
        "a function's failures go elsewhere",
        "LauncherOnEvent",
        prop(
            "LauncherOnEvent",
            "DeadLetterConfig",
            {"TargetArn": _THEIRS},
            part=OPERATIONS,
        ),
    ),
    _sent(
        "the trail tells a foreign topic",
        "Audit",
        prop("Audit", "SnsTopicName", "arn:aws:sns:us-east-1:999999999999:theirs"),
    ),
    _sent(
        "an alarm calls a foreign function too",
        "AlarmFailed",
        prop(
            "AlarmFailed",
            "AlarmActions",
            1,
            "arn:aws:lambda:us-east-1:999999999999:function:theirs",
            part="faces",
        ),
    ),
    _decides(
        "a function never runs", "LauncherOnEvent", "ReservedConcurrentExecutions", 0
    ),
    _decides("a function has a second", "LauncherOnEvent", "Timeout", 1),
    _decides("messages are lost", "StateChangesEnded", "MessageRetentionPeriod", 60),
    _decides("events come in heaps", "StateChangesEvents", "BatchSize", 10_000),
    _decides(
        "what a machine is given is logged",
        "LauncherProviderwaiterstatemachine",
        "LoggingConfiguration",
        {"IncludeExecutionData": True, "Level": "ALL"},
    ),
)
