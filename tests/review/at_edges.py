"""Faults that look like nothing: other accounts, texts for numbers, unknown types."""

import json
from typing import Any

from tests.lock.mutants import value
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    add,
    all_of,
    no_prop,
    policy,
    prop,
)
from tests.review.matrix import ARN, LOCK
from tests.review.mutant import Mutant, faulty

_FOREIGN = "999999999999"
_LOCKS = ("InputsLock", "ModelsLock", "OutputsLock")


def _unknown(name: str, kind: str, part: str = FOUNDATION, **given: Any) -> Mutant:
    return faulty("resources-known", name, add("Odd", kind, part, **given), "Odd")


def _call(name: str, change: dict[str, Any], **beside: Any) -> Edit:
    """Change what a call at deployment asks for, of the first of its rules."""

    def edit(draft: Draft) -> None:
        properties = draft.properties(name)
        for moment in ("Create", "Update"):
            parts = properties[moment]["Fn::Join"][1]
            marked = [
                x if isinstance(x, str) else f"@{n}@" for n, x in enumerate(parts)
            ]
            call = json.loads("".join(marked))
            call["parameters"]["IpPermissions"][0].update(change)
            text = json.dumps({**call, **beside}, separators=(",", ":"))
            for number, part in enumerate(parts):
                if not isinstance(part, str):
                    text = text.replace(f"@{number}@", f"\0{number}\0", 1)
            properties[moment] = {
                "Fn::Join": [
                    "",
                    [
                        parts[int(piece)] if odd % 2 else piece
                        for odd, piece in enumerate(text.split("\0"))
                    ],
                ]
            }

    return edit


def _permission(name: str, **given: Any) -> Mutant:
    return faulty(
        "functions-called",
        name,
        add(
            "Caller",
            "AWS::Lambda::Permission",
            OPERATIONS,
            Action="lambda:InvokeFunction",
            FunctionName="@LauncherOnEvent",
            **given,
        ),
        "Caller",
    )


def _expires(days: object) -> Edit:
    rule = {"Status": "Enabled", "ExpirationInDays": days}
    return prop("Outputs", "LifecycleConfiguration", {"Rules": [rule]})


AT_EDGES: tuple[Mutant, ...] = (
    _unknown(
        "logs are sent to another account",
        "AWS::Logs::SubscriptionFilter",
        LogGroupName="@FlowLogs",
        FilterPattern="",
        DestinationArn=f"arn:aws:logs:us-east-1:{_FOREIGN}:destination:x",
    ),
    faulty(
        "messages-ours",
        "a job is started every minute",
        add(
            "Odd",
            "AWS::Scheduler::Schedule",
            OPERATIONS,
            ScheduleExpression="rate(1 minute)",
            Target={"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob"},
        ),
        "Odd",
    ),
    _unknown(
        "a topic's inline policy lets everybody publish",
        "AWS::SNS::TopicInlinePolicy",
        OPERATIONS,
        TopicArn="@StateChangesTopic",
        PolicyDocument={
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "sns:Subscribe",
                "Resource": "*",
            }
        },
    ),
    _unknown("a type of somebody else", "Evil::Data::Exfil", Bucket="@Outputs"),
    _unknown(
        "an endpoint of another service",
        "AWS::OpenSearchServerless::VpcEndpoint",
        VpcId="@NetworkVpc",
    ),
    _permission(
        "buckets of another account call a function",
        Principal="s3.amazonaws.com",
        SourceAccount=_FOREIGN,
    ),
    _permission(
        "interfaces of another account call a function",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{_FOREIGN}:*",
    ),
    _permission(
        "topics of any account call a function",
        Principal="sns.amazonaws.com",
        SourceArn="*",
    ),
    faulty(
        "network-default-group",
        "the default group keeps its way out",
        _call(
            "NetworkCallsNoDefaultEgress",
            {"IpRanges": [{"CidrIp": "192.0.2.1/32"}]},
        ),
        "NetworkVpc",
    ),
    faulty(
        "network-default-group",
        "the default group keeps its way in",
        _call("NetworkCallsNoDefaultIngress", {"FromPort": 1, "ToPort": 1}),
        "NetworkVpc",
    ),
    faulty(
        "network-default-group",
        "the default group of another region is emptied",
        _call("NetworkCallsNoDefaultIngress", {}, region="eu-west-1"),
        "NetworkVpc",
    ),
    faulty(
        "network-logged",
        "flows are recorded elsewhere",
        all_of(
            prop("NetworkFlowLog", "LogDestinationType", "s3"),
            prop("NetworkFlowLog", "LogDestination", "arn:aws:s3:::elsewhere"),
            no_prop("NetworkFlowLog", "LogGroupName"),
        ),
        "NetworkVpc",
    ),
    faulty(
        "network-logged",
        "flows of another network are recorded",
        prop("NetworkFlowLog", "ResourceId", "vpc-0123456789abcdef0"),
        "NetworkVpc",
    ),
    faulty(
        "kept-trail",
        "the trail leaves out objects",
        lambda draft: draft.properties("Audit")["AdvancedEventSelectors"].pop(),
        FOUNDATION,
    ),
    faulty(
        "kept-trail",
        "the trail goes to somebody else's bucket",
        prop("Audit", "S3BucketName", "elsewhere"),
        FOUNDATION,
    ),
    faulty(
        "kept-trail",
        "the trail records writes alone",
        lambda draft: draft.properties("Audit")["AdvancedEventSelectors"][0][
            "FieldSelectors"
        ].append({"Field": "readOnly", "Equals": ["false"]}),
        FOUNDATION,
    ),
    faulty(
        "data",
        "outputs are deleted after a day, written as text",
        _expires("1"),
        "Outputs",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "inputs go where no job reads them",
        prop(
            "Inputs",
            "LifecycleConfiguration",
            {
                "Rules": [
                    {
                        "Status": "Enabled",
                        "Transitions": [
                            {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 0}
                        ],
                    }
                ]
            },
        ),
        "Inputs",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "the key is renewed after seven years, written as text",
        prop("Key", "RotationPeriodInDays", "2560"),
        "Key",
        severity="medium",
        rule="key-rotation",
    ),
    faulty(
        "data-endpoint",
        "a parameter that is resolved later exempts somebody",
        all_of(
            *(
                policy(
                    lock,
                    lambda document: _exempt_by(document, "{{resolve:ssm:/x/who}}"),
                )
                for lock in _LOCKS
            )
        ),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "federated users are exempt",
        all_of(
            *(
                policy(lock, value(LOCK, "ArnLike", ARN, "arn:aws:iam::123456789012:*"))
                for lock in _LOCKS
            )
        ),
        "Inputs",
    ),
)
"""All of them."""


def _exempt_by(document: dict[str, Any], who: str) -> None:
    for each in document["Statement"]:
        if each["Effect"] == "Deny" and each.get("Sid") != "OnlyThisAccount":
            each.setdefault("Condition", {})["StringNotLike"] = {ARN: who}
