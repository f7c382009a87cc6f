"""The promises about roles: what jobs and functions reach, and no more."""

from collections.abc import Iterator

from private_transform.handlers.contract import JOB_LOG_GROUP
from review.identity import is_execution_role, rights_of, roles
from review.orders import machines_of
from review.proof.actions import actions_of
from review.scene import Scene
from review.transforms import DeclaredTransform, transforms_of

from .invariant import Invariant, Violation
from .meant import (
    AtOurs,
    DataOfAFunction,
    DataOfAJob,
    KeyOfAFunction,
    KeyOfAJob,
    Launching,
    RunningOfAJob,
)
from .rights import S3, more_than, more_than_named
from .running import repositories

_JOB_DOES = {
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}
"""Beside S3 and KMS (AWS: How to use SageMaker AI execution roles)."""

_LAUNCHES = (
    "iam:PassRole",
    "sagemaker:CreateModel",
    "sagemaker:CreateTransformJob",
    "sagemaker:DeleteModel",
    "sagemaker:StopTransformJob",
)
_CALLS_ON = (
    "lambda:GetFunction",
    "lambda:InvokeFunction",
    "sns:Publish",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "states:StartExecution",
)
"""What functions do with other resources of theirs."""

_FOLLOWS = ("states:DescribeExecution", "states:StopExecution")
"""What state machines do with what they began (AWS: IAM policies for using Distributed
Map states)."""

_FUNCTION_DOES = {
    *_LAUNCHES,
    *_CALLS_ON,
    *_FOLLOWS,
    "cloudwatch:PutMetricData",
    "ec2:DescribeManagedPrefixLists",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "logs:AssociateKmsKey",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:DisassociateKmsKey",
    "logs:ListTagsForResource",
    "logs:PutLogEvents",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "sagemaker:AddTags",
    "sagemaker:DescribeModel",
    "sagemaker:DescribeModelPackage",
    "sagemaker:DescribeTransformJob",
    "sagemaker:ListTransformJobs",
}
"""Beside S3 and KMS."""


def _jobs_reach_their_own(scene: Scene) -> Iterator[Violation]:
    declared = {each.stack: each for each in transforms_of(scene)}
    key = KeyOfAJob(scene.site, scene.declared.source_keys)
    for role in roles(scene):
        if not is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        own = declared.get(role.stack)
        data = DataOfAJob(scene.site, own)
        yield from more_than(data, scene, role, rights, S3)
        yield from more_than(key, scene, role, rights, actions_of("kms"))
        running = _running(scene, own)
        yield from more_than(running, scene, role, rights, tuple(sorted(_JOB_DOES)))
        yield from more_than_named(_JOB_DOES, role, rights, ("s3", "kms"))


def _running(scene: Scene, own: DeclaredTransform | None) -> RunningOfAJob:
    place, names = scene.place, scene.estate.names
    of_account = f"{place.region}:{place.account}"
    ec2, logs = (
        f"arn:{place.partition}:{service}:{of_account}:" for service in ("ec2", "logs")
    )
    subnets = scene.estate.of_type("AWS::EC2::Subnet")
    groups = scene.estate.of_type("AWS::EC2::SecurityGroup")
    return RunningOfAJob(
        subnets=tuple(f"{ec2}subnet/{names(each).reference}" for each in subnets),
        groups=tuple(
            f"{ec2}security-group/{names(each).attribute('GroupId')}" for each in groups
        ),
        interfaces=f"{ec2}network-interface/",
        repositories=tuple(repositories(scene, own.images if own else ())),
        logs=f"{logs}log-group:{JOB_LOG_GROUP}:",
        namespace=JOB_LOG_GROUP,
    )


def _functions_open_no_data(scene: Scene) -> Iterator[Violation]:
    data, key = DataOfAFunction(scene.site), KeyOfAFunction(scene.site)
    launching, ours = _launching(scene), AtOurs(tuple(_called(scene)))
    begun = AtOurs(tuple(_begun(scene)))
    for role in roles(scene):
        if is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        yield from more_than(data, scene, role, rights, S3)
        yield from more_than(key, scene, role, rights, actions_of("kms"))
        yield from more_than(launching, scene, role, rights, _LAUNCHES)
        yield from more_than(ours, scene, role, rights, _CALLS_ON)
        yield from more_than(begun, scene, role, rights, _FOLLOWS)
        yield from more_than_named(_FUNCTION_DOES, role, rights, ("s3", "kms"))


def _launching(scene: Scene) -> Launching:
    names = scene.estate.names
    subnets = scene.estate.of_type("AWS::EC2::Subnet")
    groups = scene.estate.of_type("AWS::EC2::SecurityGroup")
    return Launching(
        site=scene.site,
        name=scene.declared.name,
        subnets=tuple(names(each).reference for each in subnets),
        groups=tuple(names(each).attribute("GroupId") for each in groups),
        packages=tuple(
            package for each in transforms_of(scene) for package in each.packages
        ),
    )


def _called(scene: Scene) -> Iterator[str]:
    """ARNs of what functions call on."""
    for each in scene.estate.of_type(
        "AWS::Lambda::Function",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::StepFunctions::StateMachine",
    ):
        yield scene.estate.names(each).arn


def _begun(scene: Scene) -> Iterator[str]:
    """How ARNs of our state machines' executions begin."""
    for each in machines_of(scene):
        of = scene.estate.names(each).arn.replace(":stateMachine:", ":execution:")
        yield from (of, f"{of}/Shards")


ROLES = (
    Invariant(
        id="roles-of-jobs",
        says="A job reaches the prefixes that its transform's file names, the key, and "
        "what it needs to run.",
        violations=_jobs_reach_their_own,
    ),
    Invariant(
        id="roles-of-functions",
        says="Functions open no data, start and end models and jobs of this "
        "environment only, in its network and under its key, and do no more than they "
        "need.",
        violations=_functions_open_no_data,
    ),
)
"""All of them."""
