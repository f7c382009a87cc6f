from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from private_transform.organization_rules import OrganizationRules
from tests.constructs.conftest import Resources

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"


def make_roles(stack: cdk.Stack) -> None:
    """A role as CDK makes it for an L2, one with a path, one without a class."""
    service = iam.ServicePrincipal("lambda.amazonaws.com")
    iam.Role(stack, "Plain", description="plain", assumed_by=service)
    iam.Role(stack, "Placed", description="placed", assumed_by=service, path="/own/")
    cdk.CfnResource(
        stack,
        "Generic",
        type="AWS::IAM::Role",
        properties={"Description": "generic", "AssumeRolePolicyDocument": {}},
    )


def by_description(found: list[Mapping[str, Any]], name: str) -> dict[str, str]:
    return {
        each["Properties"]["Description"]: each["Properties"].get(name, "")
        for each in found
    }


def test_roles_without_a_path_are_placed_below_the_given_one(
    stack: cdk.Stack, resources: Resources
) -> None:
    make_roles(stack)
    OrganizationRules(role_path="/company/", permissions_boundary=None).apply_to(stack)
    found = resources("AWS::IAM::Role")
    assert by_description(found, "Path") == {
        "plain": "/company/",
        "placed": "/own/",
        "generic": "/company/",
    }
    assert set(by_description(found, "PermissionsBoundary").values()) == {""}


def test_every_role_is_bounded(stack: cdk.Stack, resources: Resources) -> None:
    make_roles(stack)
    OrganizationRules(role_path="/company/", permissions_boundary=BOUNDARY).apply_to(
        stack
    )
    found = resources("AWS::IAM::Role")
    assert by_description(found, "PermissionsBoundary") == {
        "plain": BOUNDARY,
        "placed": BOUNDARY,
        "generic": BOUNDARY,
    }


def test_other_resources_are_left_alone(stack: cdk.Stack, resources: Resources) -> None:
    iam.ManagedPolicy(
        stack,
        "Policy",
        path="/elsewhere/",
        statements=[
            iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"])
        ],
    )
    OrganizationRules(role_path="/company/", permissions_boundary=BOUNDARY).apply_to(
        stack
    )
    (found,) = resources("AWS::IAM::ManagedPolicy")
    assert found["Properties"]["Path"] == "/elsewhere/"
    assert "PermissionsBoundary" not in found["Properties"]
