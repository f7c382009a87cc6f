"""The promise about events and messages: they come from services and stay here."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.plain import Resource, is_true, listed, spelled
from review.scene import Scene, document_in, mappings_in

from .deputy import is_for_the_account
from .invariant import Invariant, Violation

_TOLD = re.compile(r'arn:[\w-]+:(?:events|lambda|sns|sqs|states):(?!::)[^"\\\s]+')
"""What has neither region nor account is an integration of Step Functions: what it
calls is named beside it."""

_ALARM = "AWS::CloudWatch::Alarm"
_OURS = (
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
)


def _stay_here(scene: Scene) -> Iterator[Violation]:
    for policy in scene.estate.of_type(
        "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"
    ):
        for statement in document_in(policy, "PolicyDocument")["Statement"]:
            if statement["Effect"] == "Allow" and not _of_a_service(scene, statement):
                who = json.dumps(statement.get("Principal", "nobody"))
                yield Violation(
                    resource=policy.path,
                    says=f"{policy.path} lets in {who}, who is no service on behalf "
                    "of this account.",
                )
    ours = {scene.estate.names(each).arn for each in scene.estate.of_type(*_OURS)}
    for each in scene.estate.resources:
        for where in _aims(each):
            # People may have topics of their own for alarms, in this account.
            is_known = where in ours or (
                each.type == _ALARM and where.split(":")[4:5] == [scene.place.account]
            )
            if not is_known:
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} sends what happens to {where}, which is not "
                    "ours.",
                )
    yield from _encrypted(scene)


def _of_a_service(scene: Scene, statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or set(principal) != {"Service"}:
        return False
    if is_for_the_account(scene, statement):
        return True
    sources = [
        str(arn)
        for operator in ("ArnEquals", "ArnLike", "StringEquals")
        for key, arns in statement.get("Condition", {}).get(operator, {}).items()
        if key.lower() == "aws:sourcearn"
        for arn in listed(arns)
    ]
    accounts = {each.split(":")[4] if each.count(":") > 4 else "" for each in sources}
    return accounts == {scene.place.account}


def _aims(resource: Resource) -> Iterator[str]:
    """ARNs to which a resource sends what happens."""
    given = resource.properties
    match resource.type:
        case "AWS::CloudWatch::Alarm":
            for name in ("AlarmActions", "InsufficientDataActions", "OKActions"):
                yield from map(str, listed(given.get(name, [])))
        case "AWS::Events::Rule":
            for each in mappings_in(resource, "Targets"):
                yield str(each.get("Arn"))
                yield from _target(each.get("DeadLetterConfig"), "Arn")
        case "AWS::Lambda::EventSourceMapping":
            aim = given.get("DestinationConfig")
            failed = aim.get("OnFailure") if isinstance(aim, dict) else None
            yield from _target(failed, "Destination")
        case "AWS::StepFunctions::StateMachine":
            yield from _named_in(given.get("DefinitionString"))
            yield from _named_in(given.get("Definition"))
            yield from _log_groups(given.get("LoggingConfiguration"))
        case "AWS::Lambda::Function":
            yield from _named_in(given.get("Environment"))
            yield from _target(given.get("DeadLetterConfig"), "TargetArn")
        case "AWS::Scheduler::Schedule":
            target = given.get("Target")
            yield from _target(target, "Arn")
            if isinstance(target, dict):
                yield from _target(target.get("DeadLetterConfig"), "Arn")
        case "AWS::SQS::Queue":
            yield from _target(given.get("RedrivePolicy"), "deadLetterTargetArn")
        case "AWS::CloudTrail::Trail" if "SnsTopicName" in given:
            yield str(given["SnsTopicName"])


def _named_in(content: Any) -> Iterator[str]:
    """ARNs of what can be told or called."""
    yield from _TOLD.findall(spelled(content))


def _log_groups(logging: Any) -> Iterator[str]:
    """ARNs of the groups to which a state machine logs what it is given."""
    given = logging.get("Destinations", []) if isinstance(logging, dict) else []
    for each in listed(given):
        group = each.get("CloudWatchLogsLogGroup") if isinstance(each, dict) else each
        yield from _target(group, "LogGroupArn")


def _target(value: Any, key: str) -> Iterator[str]:
    if value is not None:
        yield str(value.get(key)) if isinstance(value, dict) else str(value)


def _encrypted(scene: Scene) -> Iterator[Violation]:
    key = scene.named("KeyArn")
    for topic in scene.estate.of_type("AWS::SNS::Topic"):
        if topic.properties.get("KmsMasterKeyId") != key:
            yield Violation(
                resource=topic.path,
                says=f"{topic.path} is not encrypted with the environment's key.",
            )
    for queue in scene.estate.of_type("AWS::SQS::Queue"):
        given = queue.properties
        by_sqs = is_true(
            given.get("SqsManagedSseEnabled", "KmsMasterKeyId" not in given)
        )
        if not by_sqs and given.get("KmsMasterKeyId") != key:
            yield Violation(resource=queue.path, says=f"{queue.path} is not encrypted.")


MESSAGES = (
    Invariant(
        id="messages-ours",
        says="Events and messages go to resources of these templates, encrypted, and "
        "only services bring them, for this account.",
        violations=_stay_here,
    ),
)
"""All of them."""
