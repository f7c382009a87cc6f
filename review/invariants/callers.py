"""The promises about who calls functions and takes roles: AWS services alone."""

import json
from collections.abc import Iterator

from review.identity import roles
from review.plain import Resource, listed
from review.scene import Document, Scene, document_in

from .invariant import Invariant, Violation


def _called_by_services(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.of_type("AWS::Lambda::Url"):
        yield Violation(
            resource=each.path,
            says=f"{each.path} is an address at which a function can be called.",
        )
    for each in scene.estate.of_type("AWS::Lambda::Permission"):
        principal = str(each.properties.get("Principal"))
        if not principal.endswith(".amazonaws.com") or not _is_ours(scene, each):
            yield Violation(
                resource=each.path,
                says=f"{principal} may call a function, on behalf of anybody.",
            )


def _is_ours(scene: Scene, permission: Resource) -> bool:
    """Whether a service may call for this account alone; many ARNs name no account."""
    given = permission.properties
    parts = str(given.get("SourceArn", "")).split(":")
    of_arn = parts[4] if len(parts) > 5 else ""
    return scene.place.account in (given.get("SourceAccount"), of_arn)


def _taken_by_services(scene: Scene) -> Iterator[Violation]:
    """Nobody but AWS services may become one of our roles."""
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
            known = bool(services) and set(services) <= _SERVICES
            if not known or actions != ["sts:AssumeRole"]:
                yield Violation(
                    resource=role.path,
                    says=f"{role.path} may be taken by {json.dumps(principal)}.",
                )
            elif _CONFUSABLE & set(services):
                yield from _bound_to_the_account(scene, role, statement)


def _bound_to_the_account(
    scene: Scene, role: Resource, statement: Document
) -> Iterator[Violation]:
    """AWS: Cross-service confused deputy prevention."""
    given = statement.get("Condition", {}).get("StringEquals", {})
    accounts = [v for key, v in given.items() if key.lower() == "aws:sourceaccount"]
    if not any(listed(each) == [scene.place.account] for each in accounts):
        yield Violation(
            resource=role.path,
            says=f"AWS may take {role.path} on behalf of another account.",
        )


_SERVICES = {
    "cloudtrail.amazonaws.com",
    "lambda.amazonaws.com",
    "sagemaker.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}


_CONFUSABLE = {"sagemaker.amazonaws.com", "vpc-flow-logs.amazonaws.com"}
"""Services that anybody may send to a role of ours, from an account of their own."""


CALLERS = (
    Invariant(
        id="functions-called",
        says="Functions are called by AWS services, for this account.",
        violations=_called_by_services,
    ),
    Invariant(
        id="roles-taken-by-services",
        says="Roles are taken by AWS services of this account and by nobody else.",
        violations=_taken_by_services,
    ),
)
"""All of them."""
