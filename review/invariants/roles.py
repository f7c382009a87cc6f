"""The promises about roles: what jobs and functions reach, and no more."""

from collections.abc import Iterator

from review.identity import is_execution_role, rights_of, roles
from review.proof.actions import actions_of
from review.scene import Scene
from review.transforms import transforms_of

from .invariant import Invariant, Violation
from .meant import (
    AtOurs,
    DataOfAFunction,
    DataOfAJob,
    KeyOfAFunction,
    KeyOfAJob,
    Launching,
)
from .rights import S3, more_than, more_than_named

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

_LAUNCHES = ("iam:PassRole", "sagemaker:CreateModel", "sagemaker:CreateTransformJob")
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

_FUNCTION_DOES = {
    *_LAUNCHES,
    *_CALLS_ON,
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
    "sagemaker:DeleteModel",
    "sagemaker:DescribeModel",
    "sagemaker:DescribeModelPackage",
    "sagemaker:DescribeTransformJob",
    "sagemaker:ListTransformJobs",
    "sagemaker:StopTransformJob",
}
"""Beside S3 and KMS."""


def _jobs_reach_their_own(scene: Scene) -> Iterator[Violation]:
    declared = {each.stack: each for each in transforms_of(scene)}
    key = KeyOfAJob(scene.site, scene.declared.source_keys)
    for role in roles(scene):
        if not is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        data = DataOfAJob(scene.site, declared.get(role.stack))
        yield from more_than(data, scene, role, rights, S3)
        yield from more_than(key, scene, role, rights, actions_of("kms"))
        yield from more_than_named(_JOB_DOES, role, rights, ("s3", "kms"))


def _functions_open_no_data(scene: Scene) -> Iterator[Violation]:
    data, key = DataOfAFunction(scene.site), KeyOfAFunction(scene.site)
    launching, ours = _launching(scene), AtOurs(tuple(_called(scene)))
    for role in roles(scene):
        if is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        yield from more_than(data, scene, role, rights, S3)
        yield from more_than(key, scene, role, rights, actions_of("kms"))
        yield from more_than(launching, scene, role, rights, _LAUNCHES)
        yield from more_than(ours, scene, role, rights, _CALLS_ON)
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


ROLES = (
    Invariant(
        id="roles-of-jobs",
        says="A job reaches the prefixes that its transform's file names, the key, and "
        "what it needs to run.",
        violations=_jobs_reach_their_own,
    ),
    Invariant(
        id="roles-of-functions",
        says="Functions open no data, start models and jobs of this environment only, "
        "in its network and under its key, and do nothing else of note.",
        violations=_functions_open_no_data,
    ),
)
"""All of them."""
