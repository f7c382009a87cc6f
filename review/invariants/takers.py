"""The promise about who takes roles: AWS services of this account alone."""

import json
from collections.abc import Iterator

from review.identity import is_execution_role, roles
from review.orders import machines_of
from review.plain import Resource, listed
from review.scene import Scene, document_in

from .deputy import is_for_the_account
from .invariant import Invariant, Violation

_SAGEMAKER = "sagemaker.amazonaws.com"


def _taken_by_services(scene: Scene) -> Iterator[Violation]:
    """Nobody but AWS services may become one of our roles."""
    # CDK's own machine, which waits for the launcher, has a role without a condition.
    of_runs = {str(each.properties.get("RoleArn")) for each in machines_of(scene)}
    for role in roles(scene):
        for statement in document_in(role, "AssumeRolePolicyDocument")["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            principal = statement.get("Principal")
            actions = listed(statement.get("Action", "*"))
            services = (
                listed(principal["Service"])
                if isinstance(principal, dict) and set(principal) == {"Service"}
                else []
            )
            # Two services have one role's rights: one would do what the other needs.
            known = len(services) == 1 and services[0] in _expected(scene, role)
            if not known or actions != ["sts:AssumeRole"]:
                yield Violation(
                    resource=role.path,
                    says=f"{role.path} may be taken by {json.dumps(principal)}.",
                )
            elif (
                services[0] in _CONFUSABLE or scene.estate.names(role).arn in of_runs
            ) and not is_for_the_account(scene, statement):
                yield Violation(
                    resource=role.path,
                    says=f"AWS may take {role.path} on behalf of another account.",
                )


def _expected(scene: Scene, role: Resource) -> set[str]:
    """The services that may take a role: a job's is SageMaker's alone."""
    is_job = is_execution_role(scene, role)
    return {_SAGEMAKER} if is_job else _SERVICES - {_SAGEMAKER}


_SERVICES = {
    "cloudtrail.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    _SAGEMAKER,
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}


_CONFUSABLE = {
    _SAGEMAKER,
    "events.amazonaws.com",
    "scheduler.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
"""Services that anybody may send to a role of ours, from an account of their own."""


TAKERS = (
    Invariant(
        id="roles-taken-by-services",
        says="Roles are taken by AWS services of this account and by nobody else.",
        violations=_taken_by_services,
    ),
)
"""All of them."""
