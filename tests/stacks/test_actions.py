"""What each kind of role may do at all: a right more is a line more here."""

import pytest

from tests.synthesized import Synthesis

LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
LOOKING = {
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutObject",
}

ACTIONS = {
    "ExecutionRole": {
        *LOGGING,
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
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "logs:CreateLogGroup",
        "logs:DescribeLogStreams",
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    },
    "LauncherOnEventRole": {
        *LOGGING,
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    },
    "LauncherIsCompleteRole": {
        *LOGGING,
        *LOOKING,
        "iam:PassRole",
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DescribeLogGroups",
        "logs:DisassociateKmsKey",
        "logs:ListTagsForResource",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "sagemaker:AddTags",
        "sagemaker:CreateModel",
        "sagemaker:CreateTransformJob",
        "sagemaker:DeleteModel",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeTransformJob",
        "sagemaker:ListTransformJobs",
        "sagemaker:StopTransformJob",
    },
    "LauncherRunRole": {
        *LOGGING,
        *LOOKING,
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "s3:GetObjectVersion",
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeTransformJob",
        "sagemaker:ListTransformJobs",
    },
    "RunsRole": {
        "lambda:InvokeFunction",
        "s3:GetObject",
        "states:DescribeExecution",
        "states:StartExecution",
        "states:StopExecution",
    },
    "RunsArrivalsRole": {"states:StartExecution"},
    "RunsScheduleRole": {"states:StartExecution"},
    "JobWatchScheduleRole": {"lambda:InvokeFunction"},
    "JobWatchFunctionRole": {
        *LOGGING,
        "cloudwatch:PutMetricData",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "sagemaker:ListTransformJobs",
        "sagemaker:StopTransformJob",
    },
    "StateChangesHandlerRole": {
        "sagemaker:ListTransformJobs",
        *LOGGING,
        *LOOKING,
        "cloudwatch:PutMetricData",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeTransformJob",
        "sagemaker:StopTransformJob",
        "sns:Publish",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    },
    "TamperAlarmsHandlerRole": {
        *LOGGING,
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "sns:Publish",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    },
    "NetworkCallsRole": {
        *LOGGING,
        "ec2:DescribeManagedPrefixLists",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    },
    "NetworkFlowLogWriter": {*LOGGING, "logs:DescribeLogStreams"},
    "AuditWriter": LOGGING,
    # Of CDK's provider framework.
    "LauncherProvider": {
        "lambda:GetFunction",
        "lambda:InvokeFunction",
        "states:StartExecution",
    },
}
"""By what the logical ids of the roles begin with."""


@pytest.mark.parametrize("kind", ACTIONS)
def test_a_role_may_do_what_is_listed_and_nothing_else(
    kept: Synthesis, kind: str
) -> None:
    actions = {
        action
        for role in kept.all("AWS::IAM::Role")
        if role.logical_id.startswith(kind)
        for statement in kept.rights(role)
        for action in statement.actions
    }
    assert actions == ACTIONS[kind]


def test_every_role_is_of_a_kind_that_is_listed(synthesis: Synthesis) -> None:
    for role in synthesis.all("AWS::IAM::Role"):
        assert role.logical_id.startswith(tuple(ACTIONS)), role
