"""The promise that AWS may do what resources ask of it: log, record, encrypt, notify.

What a resource names is what it needs: a function its log group, a rule its queue, a
trail its bucket. Nothing here knows what ours are called.
"""

import json
from collections.abc import Callable, Iterator, Mapping

from private_transform.handlers.contract import JOB_LOG_GROUP_TYPE
from review.identity import rights_of
from review.plain import Resource, is_true, listed, spelled, variables_of
from review.proof.alike import speaks_of
from review.scene import Document, Scene, UnclearError, document_in, mappings_in

from .context import (
    Told,
    Unknown,
    at_key_by_service,
    at_key_through,
    by_role,
    by_service,
)
from .invariant import Invariant, Violation
from .passing import Question, allowed

_NOTHING: Document = {"Version": "2012-10-17", "Statement": []}
_WRITES_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
_DATA_KEYS = ("kms:Decrypt", "kms:GenerateDataKey")


def _services_work(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.resources:
        if each.type in _ACTS_AS and _ACTS_AS[each.type][0] in each.properties:
            yield from _role_taken(scene, each, *_ACTS_AS[each.type])
        wires = _WIRES.get(each.type)
        if wires is not None:
            yield from wires(scene, each)


def _role_taken(
    scene: Scene, resource: Resource, name: str, service: str
) -> Iterator[Violation]:
    yield from _role_taken_by(scene, resource, str(resource.properties[name]), service)


def _role_taken_by(
    scene: Scene, resource: Resource, arn: str, service: str
) -> Iterator[Violation]:
    role = scene.resource("AWS::IAM::Role", arn)
    source = scene.estate.names(resource).arn
    told = by_service(scene, service, source)
    if service not in _TELL_FOR_WHOM:
        told |= {"aws:SourceAccount": Unknown.MAYBE, "aws:SourceArn": Unknown.MAYBE}
    if resource.type in _ACTS_FOR:
        place, (of, source) = scene.place, _ACTS_FOR[resource.type]
        here = f"arn:{place.partition}:{of}:{place.region}:{place.account}"
        told["aws:SourceArn"] = f"{here}:{source}"
    question = Question(does="sts:AssumeRole", at=arn, told=told)
    if not allowed(scene, question, document_in(role, "AssumeRolePolicyDocument")):
        yield _refused(role, service, question, resource)


def _of_a_function(scene: Scene, function: Resource) -> Iterator[Violation]:
    given, role = function.properties, str(function.properties.get("Role"))
    logging = given.get("LoggingConfig")
    name = logging.get("LogGroup") if isinstance(logging, dict) else None
    own = f"/aws/lambda/{scene.estate.names(function).name}"
    yield from _writes_logs(scene, function, role, str(name or own))
    for value in map(str, variables_of(function).values()):
        yield from _calls_on(scene, function, role, value)


def _calls_on(
    scene: Scene, caller: Resource, role: str, text: str
) -> Iterator[Violation]:
    """What a caller is told of, it calls on."""
    for each in scene.estate.of_type(*_CALLED_ON):
        arn = scene.estate.names(each).arn
        if arn not in text:
            continue
        yield from _role_may(scene, caller, role, _CALLED_ON[each.type], arn)
        if each.type == "AWS::SNS::Topic":
            yield from _publishes_under_a_key(scene, caller, role, each)


def _publishes_under_a_key(
    scene: Scene, caller: Resource, role: str, topic: Resource
) -> Iterator[Violation]:
    key = scene.named("KeyArn")
    if topic.properties.get("KmsMasterKeyId") != key:
        return
    arn = scene.estate.names(topic).arn
    told = {
        **at_key_through(scene, role, "sns"),
        "kms:EncryptionContext:aws:sns:topicArn": arn,
    }
    for does in _DATA_KEYS:
        yield from _role_may(scene, caller, role, does, key, told=told)
        question = Question(does=does, at=key, told=told)
        if not allowed(scene, question, scene.key_policy()):
            yield _refused(scene.key, role, question, caller)


def _of_an_event_source(scene: Scene, source: Resource) -> Iterator[Violation]:
    name = source.properties.get("FunctionName")
    queue = str(source.properties.get("EventSourceArn"))
    for function in scene.estate.of_type("AWS::Lambda::Function"):
        names = scene.estate.names(function)
        if name in (names.reference, names.arn):
            role = str(function.properties.get("Role"))
            for does in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage"):
                yield from _role_may(scene, source, role, f"sqs:{does}", queue)


def _of_a_machine(scene: Scene, machine: Resource) -> Iterator[Violation]:
    text = spelled(machine.properties)
    role = str(machine.properties.get("RoleArn"))
    yield from _calls_on(scene, machine, role, text)


def _of_a_schedule(scene: Scene, schedule: Resource) -> Iterator[Violation]:
    target = schedule.properties.get("Target")
    if isinstance(target, dict):
        role = str(target.get("RoleArn"))
        yield from _role_taken_by(scene, schedule, role, "scheduler.amazonaws.com")
        yield from _calls_on(scene, schedule, role, str(target.get("Arn")))


def _of_a_call(scene: Scene, call: Resource) -> Iterator[Violation]:
    """A call at deployment is one that its function has the right to."""
    token = call.properties.get("ServiceToken")
    for function in scene.estate.of_type("AWS::Lambda::Function"):
        if scene.estate.names(function).arn != token:
            continue
        role = scene.resource("AWS::IAM::Role", str(function.properties.get("Role")))
        rights = rights_of(scene, role)["Statement"]
        for action in sorted(_actions_of(call)):
            if not any(
                statement["Effect"] == "Allow" and speaks_of(statement, action)
                for statement in rights
            ):
                yield Violation(
                    resource=role.path,
                    says=f"{call.path} needs {role.path} to call {action}, and its "
                    "policies never allow it.",
                )


def _actions_of(call: Resource) -> Iterator[str]:
    for moment in ("Create", "Update", "Delete"):
        try:
            given = json.loads(str(call.properties.get(moment, "null")))
        except ValueError:
            raise UnclearError(f"{call.path} {moment} cannot be read") from None
        if isinstance(given, dict):
            yield f"{str(given.get('service')).lower()}:{given.get('action')}"


def _of_a_flow_log(scene: Scene, log: Resource) -> Iterator[Violation]:
    role = str(log.properties.get("DeliverLogsPermissionArn"))
    group = str(log.properties.get("LogGroupName"))
    yield from _writes_logs(scene, log, role, group)
    arn = _group_arn(scene, group)
    yield from _role_may(scene, log, role, "logs:DescribeLogStreams", arn, below="")


def _of_a_trail(scene: Scene, trail: Resource) -> Iterator[Violation]:
    given, arn = trail.properties, scene.estate.names(trail).arn
    if "CloudWatchLogsRoleArn" in given:
        group = str(given.get("CloudWatchLogsLogGroupArn")).removesuffix("*")
        for does in _WRITES_LOGS:
            role = str(given["CloudWatchLogsRoleArn"])
            yield from _role_may(scene, trail, role, does, group, below="log-stream:")
    service = "cloudtrail.amazonaws.com"
    told = by_service(scene, service, arn)
    name, folder = str(given.get("S3BucketName")), given.get("S3KeyPrefix")
    bucket = scene.resource("AWS::S3::Bucket", name)
    at = scene.estate.names(bucket).arn
    written = f"{f'{folder}/' if folder else ''}AWSLogs/{scene.place.account}/"
    for question in (
        Question(does="s3:GetBucketAcl", at=at, told=told),
        Question(
            does="s3:PutObject",
            at=f"{at}/",
            below=written,
            told={**told, "s3:x-amz-acl": "bucket-owner-full-control"},
        ),
    ):
        if not allowed(scene, question, scene.bucket_policy(name)):
            yield _refused(bucket, service, question, trail)
    if given.get("KMSKeyId") == scene.named("KeyArn"):
        encrypts = {"kms:EncryptionContext:aws:cloudtrail:arn": arn}
        yield from _key_serves(scene, trail, service, ("kms:DescribeKey",), {})
        yield from _key_serves(scene, trail, service, _DATA_KEYS[1:], encrypts)


def _of_a_bucket(scene: Scene, bucket: Resource) -> Iterator[Violation]:
    """AWS: Enabling Amazon S3 server access logging."""
    given = bucket.properties.get("LoggingConfiguration")
    if not isinstance(given, dict) or "DestinationBucketName" not in given:
        return
    name, service = str(given["DestinationBucketName"]), "logging.s3.amazonaws.com"
    if name != scene.named("LogsBucket"):
        yield Violation(
            resource=bucket.path,
            says=f"Who uses {bucket.path} is told to {name}, which is not the log "
            "bucket.",
        )
        return
    logs = scene.bucket("logs")
    question = Question(
        does="s3:PutObject",
        at=f"{scene.estate.names(logs).arn}/",
        below=str(given.get("LogFilePrefix", "")),
        told=by_service(scene, service, scene.estate.names(bucket).arn),
    )
    if not allowed(scene, question, scene.bucket_policy(name)):
        yield _refused(logs, service, question, bucket)


def _of_a_log_group(scene: Scene, group: Resource) -> Iterator[Violation]:
    arn = scene.estate.names(group).arn.removesuffix(":*")
    if group.properties.get("KmsKeyId") == scene.named("KeyArn"):
        yield from _log_group_encrypted(scene, group, arn)


def _of_the_jobs_log_group(scene: Scene, group: Resource) -> Iterator[Violation]:
    arn = _group_arn(scene, str(group.properties.get("LogGroupName")))
    if group.properties.get("KeyArn") == scene.named("KeyArn"):
        yield from _log_group_encrypted(scene, group, arn.removesuffix(":"))


def _log_group_encrypted(
    scene: Scene, group: Resource, arn: str
) -> Iterator[Violation]:
    """AWS: Encrypt log data in CloudWatch Logs using AWS KMS."""
    service = scene.site.service("logs")
    does = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
    told: Told = {
        "kms:EncryptionContext:aws:logs:arn": arn,
        # Whether they are told, no page says.
        "aws:SourceAccount": Unknown.MAYBE,
        "aws:SourceArn": Unknown.MAYBE,
    }
    yield from _key_serves(scene, group, service, does, told)


def _of_an_alarm(scene: Scene, alarm: Resource) -> Iterator[Violation]:
    """AWS: Using Amazon CloudWatch alarms, with encrypted topics."""
    told_to = {
        str(arn)
        for name in ("AlarmActions", "InsufficientDataActions", "OKActions")
        for arn in listed(alarm.properties.get(name, []))
    }
    arn, service = scene.estate.names(alarm).arn, "cloudwatch.amazonaws.com"
    for topic in scene.estate.of_type("AWS::SNS::Topic"):
        at = scene.estate.names(topic).arn
        if at not in told_to:
            continue
        told = by_service(scene, service, arn)
        question = Question(does="sns:Publish", at=at, told=told)
        policy = _policy_of(scene, topic, "AWS::SNS::TopicPolicy", "Topics")
        if policy is not None and not allowed(scene, question, policy):
            yield _refused(topic, service, question, alarm)
        if topic.properties.get("KmsMasterKeyId") == scene.named("KeyArn"):
            topic_told: Told = {"kms:EncryptionContext:aws:sns:topicArn": at}
            yield from _key_serves(scene, alarm, service, _DATA_KEYS, topic_told)


def _of_a_rule(scene: Scene, rule: Resource) -> Iterator[Violation]:
    """AWS: Using resource-based policies for Amazon EventBridge."""
    service, arn = "events.amazonaws.com", scene.estate.names(rule).arn
    told = {**by_service(scene, service, arn), "aws:SourceAccount": Unknown.MAYBE}
    aims = {str(each.get("Arn")) for each in mappings_in(rule, "Targets")}
    for queue in scene.estate.of_type("AWS::SQS::Queue"):
        at = scene.estate.names(queue).arn
        question = Question(does="sqs:SendMessage", at=at, told=told)
        if at not in aims:
            continue
        policy = _policy_of(scene, queue, "AWS::SQS::QueuePolicy", "Queues")
        if not allowed(scene, question, policy or _NOTHING):
            yield _refused(queue, service, question, rule)
    machines = {
        scene.estate.names(each).arn
        for each in scene.estate.of_type("AWS::StepFunctions::StateMachine")
    }
    for each in mappings_in(rule, "Targets"):
        aim = str(each.get("Arn"))
        if "RoleArn" in each:
            role = str(each["RoleArn"])
            yield from _role_taken_by(scene, rule, role, service)
            yield from _calls_on(scene, rule, role, aim)
        elif aim in machines:
            yield Violation(
                resource=rule.path,
                says=f"{rule.path} needs a role to start {aim}, and names none.",
            )
    yield from _buckets_tell(scene, rule)


def _buckets_tell(scene: Scene, rule: Resource) -> Iterator[Violation]:
    """AWS: Enabling Amazon EventBridge, in the guide of S3."""
    pattern = rule.properties.get("EventPattern")
    match pattern:
        case {"detail-type": ["AWS API Call via CloudTrail"]}:
            return  # Buckets have no part in what a trail tells.
    hears_of = spelled(pattern)
    for bucket in scene.estate.of_type("AWS::S3::Bucket"):
        if scene.estate.names(bucket).reference not in hears_of:
            continue
        match bucket.properties.get("NotificationConfiguration"):
            case {"EventBridgeConfiguration": {"EventBridgeEnabled": on}} if is_true(
                on
            ):
                continue
        yield Violation(
            resource=bucket.path,
            says=f"{rule.path} waits for what {bucket.path} tells EventBridge, and "
            "that is nothing.",
        )


def _policy_of(
    scene: Scene, resource: Resource, kind: str, members: str
) -> Document | None:
    """The policy of a queue or a topic."""
    reference = scene.estate.names(resource).reference
    found = [
        each
        for each in scene.estate.of_type(kind)
        if reference in listed(each.properties.get(members, []))
    ]
    if len(found) > 1:
        raise UnclearError(f"{resource.path} has several policies: the last counts")
    return document_in(found[0], "PolicyDocument") if found else None


def _writes_logs(
    scene: Scene, writer: Resource, role: str, group: str
) -> Iterator[Violation]:
    at = _group_arn(scene, group)
    for does in _WRITES_LOGS:
        yield from _role_may(scene, writer, role, does, at, below="log-stream:")


def _group_arn(scene: Scene, name: str) -> str:
    place = scene.place
    here = f"{place.region}:{place.account}"
    return f"arn:{place.partition}:logs:{here}:log-group:{name}:"


def _role_may(
    scene: Scene,
    resource: Resource,
    arn: str,
    does: str,
    at: str,
    *,
    below: str | None = None,
    told: Told | None = None,
) -> Iterator[Violation]:
    role = scene.resource("AWS::IAM::Role", arn)
    question = Question(does=does, at=at, below=below, told=told or by_role(scene, arn))
    if not allowed(scene, question, rights_of(scene, role)):
        yield _refused(role, role.path, question, resource)


def _key_serves(
    scene: Scene, resource: Resource, service: str, actions: tuple[str, ...], told: Told
) -> Iterator[Violation]:
    source = scene.estate.names(resource).arn
    for does in actions:
        question = Question(
            does=does,
            at=scene.named("KeyArn"),
            told={**at_key_by_service(scene, service, source), **told},
        )
        if not allowed(scene, question, scene.key_policy()):
            yield _refused(scene.key, service, question, resource)


def _refused(
    owner: Resource, who: str, question: Question, resource: Resource
) -> Violation:
    return Violation(
        resource=owner.path,
        says=f"{resource.path} needs {who} to call {question.does} on {question.at}, "
        f"and the policy of {owner.path} refuses it.",
    )


_ACTS_AS: Mapping[str, tuple[str, str]] = {
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),
    "AWS::EC2::FlowLog": ("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    "AWS::Lambda::Function": ("Role", "lambda.amazonaws.com"),
    "AWS::StepFunctions::StateMachine": ("RoleArn", "states.amazonaws.com"),
}
"""The property that names a role, and the service that takes it."""

_ACTS_FOR: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::FlowLog": ("ec2", "vpc-flow-log/fl-0123456789abcdef0"),
    # AWS: Confused deputy prevention in EventBridge Scheduler: a group.
    "AWS::Scheduler::Schedule": ("scheduler", "schedule-group/default"),
}
"""For what a role is taken, where that is not the resource itself."""

_TELL_FOR_WHOM = {
    "events.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
"""Services that say for what they take a role (AWS: Cross-service confused deputy
prevention, in their guides)."""

_CALLED_ON: Mapping[str, str] = {
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::StepFunctions::StateMachine": "states:StartExecution",
}
"""What is done with resources whose ARN a function or a state machine is told."""

_WIRES: Mapping[str, Callable[[Scene, Resource], Iterator[Violation]]] = {
    "AWS::CloudTrail::Trail": _of_a_trail,
    "AWS::CloudWatch::Alarm": _of_an_alarm,
    "AWS::EC2::FlowLog": _of_a_flow_log,
    "AWS::Events::Rule": _of_a_rule,
    "AWS::Lambda::EventSourceMapping": _of_an_event_source,
    "AWS::Lambda::Function": _of_a_function,
    "AWS::Logs::LogGroup": _of_a_log_group,
    "AWS::S3::Bucket": _of_a_bucket,
    "AWS::Scheduler::Schedule": _of_a_schedule,
    "AWS::StepFunctions::StateMachine": _of_a_machine,
    JOB_LOG_GROUP_TYPE: _of_the_jobs_log_group,
    "Custom::AWS": _of_a_call,
}
"""What each type of resource needs."""

WIRING = (
    Invariant(
        id="works-services",
        says="AWS may do what resources ask of it: write logs and trails, encrypt, "
        "call, and notify.",
        violations=_services_work,
    ),
)
"""All of them."""
