import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from private_transform.data_key import DataKey
from tests.constructs.conftest import Resources

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Only",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "kms:DescribeKey",
            "Resource": "*",
        }
    ],
}


def data_key(
    stack: cdk.Stack, removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN
) -> DataKey:
    return DataKey(
        stack,
        "Key",
        policy=POLICY,
        alias="data",
        rotation_period_in_days=100,
        pending_window_in_days=7,
        removal_policy=removal_policy,
    )


def user(scope: cdk.Stack) -> iam.Role:
    return iam.Role(
        scope, "User", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
    )


def test_a_grant_beside_the_key_leaves_its_policy_as_it_was(
    stack: cdk.Stack, resources: Resources
) -> None:
    made = data_key(stack)
    made.key.grant_encrypt_decrypt(user(stack))
    made.key.grant(iam.ServicePrincipal("events.amazonaws.com"), "kms:Decrypt")
    (found,) = resources("AWS::KMS::Key")
    assert found["Properties"]["KeyPolicy"] == POLICY


def test_a_grant_in_another_stack_leaves_its_policy_as_it_was(
    stack: cdk.Stack, resources: Resources
) -> None:
    made = data_key(stack)
    other = cdk.Stack(
        stack,
        "Other",
        env=cdk.Environment(account="123456789012", region="us-east-1"),
    )
    shared = kms.Key.from_key_arn(other, "Key", made.key.key_arn)
    shared.grant_encrypt_decrypt(user(other))
    shared.grant(iam.AccountPrincipal("210987654321"), "kms:Decrypt")
    assert Template.from_stack(other).find_resources("AWS::IAM::Policy")
    (found,) = resources("AWS::KMS::Key")
    assert found["Properties"]["KeyPolicy"] == POLICY


def test_it_rotates_and_waits_as_asked(stack: cdk.Stack, resources: Resources) -> None:
    data_key(stack)
    (found,) = resources("AWS::KMS::Key")
    assert found["Properties"]["EnableKeyRotation"] is True
    assert found["Properties"]["RotationPeriodInDays"] == 100
    assert found["Properties"]["PendingWindowInDays"] == 7


def test_it_has_the_name_it_is_given(stack: cdk.Stack, resources: Resources) -> None:
    data_key(stack)
    (alias,) = resources("AWS::KMS::Alias")
    assert alias["Properties"]["AliasName"] == "alias/data"


@pytest.mark.parametrize(
    ("removal_policy", "rendered"),
    [(cdk.RemovalPolicy.RETAIN, "Retain"), (cdk.RemovalPolicy.DESTROY, "Delete")],
)
def test_it_stays_or_goes_as_asked(
    stack: cdk.Stack,
    resources: Resources,
    removal_policy: cdk.RemovalPolicy,
    rendered: str,
) -> None:
    data_key(stack, removal_policy)
    (found,) = resources("AWS::KMS::Key")
    assert found["DeletionPolicy"] == found["UpdateReplacePolicy"] == rendered
