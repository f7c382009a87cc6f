import aws_cdk as cdk

from private_transform.duty import Duty
from tests.constructs.conftest import Resources

ACCOUNT = "arn:aws:iam::123456789012:role"
IDENTITY_CENTER = (
    f"{ACCOUNT}/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Reader_0123"
)
POLICY = {"Version": "2012-10-17", "Statement": []}


def duty(stack: cdk.Stack, *role_arns: str) -> Duty:
    return Duty(
        stack, "Readers", policy=POLICY, role_arns=list(role_arns), path="/company/"
    )


def test_roles_are_attached_by_name_whatever_their_path(
    stack: cdk.Stack, resources: Resources
) -> None:
    duty(stack, f"{ACCOUNT}/reader", f"{ACCOUNT}/team/vision/analyst")
    (found,) = resources("AWS::IAM::ManagedPolicy")
    assert found["Properties"]["Roles"] == ["reader", "analyst"]


def test_roles_of_identity_center_are_left_to_their_permission_set(
    stack: cdk.Stack, resources: Resources
) -> None:
    duty(stack, IDENTITY_CENTER, f"{ACCOUNT}/reader")
    (found,) = resources("AWS::IAM::ManagedPolicy")
    assert found["Properties"]["Roles"] == ["reader"]


def test_a_duty_of_identity_center_alone_still_has_its_policy(
    stack: cdk.Stack, resources: Resources
) -> None:
    made = duty(stack, IDENTITY_CENTER)
    (found,) = resources("AWS::IAM::ManagedPolicy")
    assert not found["Properties"].get("Roles")
    assert found["Properties"]["PolicyDocument"] == POLICY
    assert found["Properties"]["Path"] == "/company/"
    assert "Ref" in stack.resolve(made.policy_arn)
