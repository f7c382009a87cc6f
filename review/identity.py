"""What a role may do: every policy in and on it, as one document."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .plain import Resource, listed
from .scene import Document, Scene, UnclearError, document_in, mappings_in

_LOGGING = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "*",
}
_OF_AWS = {"service-role/AWSLambdaBasicExecutionRole": [_LOGGING]}
"""Managed policies of AWS that are known here (AWS: AWS managed policy reference)."""


def roles(scene: Scene) -> Iterator[Resource]:
    """Every role of the templates."""
    return scene.estate.of_type("AWS::IAM::Role")


def arn_of(scene: Scene, role: Resource) -> str:
    """ARN of a role."""
    return scene.estate.names(role).arn


def is_execution_role(scene: Scene, role: Resource) -> bool:
    """Whether jobs run with a role: its path says so."""
    pattern = scene.declared.perimeter.execution_roles
    return arn_of(scene, role).startswith(pattern.removesuffix("*"))


def rights_of(scene: Scene, role: Resource) -> Document:
    """All statements of a role's policies.

    Raises:
        UnclearError: One of them is not in the templates, or cannot be read.
    """
    return {"Version": "2012-10-17", "Statement": list(_statements(scene, role))}


def _statements(scene: Scene, role: Resource) -> Iterator[Mapping[str, Any]]:
    names = scene.estate.names(role)
    for number, policy in enumerate(mappings_in(role, "Policies")):
        # Each is read as if it were a resource's own, to be named in what is said.
        inline = Resource(
            stack=role.stack,
            logical_id=f"{role.logical_id}.Policies[{number}]",
            type="inline policy",
            properties=policy,
            body={},
        )
        yield from document_in(inline, "PolicyDocument")["Statement"]
    for each in scene.estate.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        if names.reference in listed(each.properties.get("Roles", [])):
            yield from document_in(each, "PolicyDocument")["Statement"]
    for arn in listed(role.properties.get("ManagedPolicyArns", [])):
        yield from _managed(scene, role, str(arn))
    for each in scene.estate.of_type("AWS::IAM::RolePolicy"):
        if each.properties.get("RoleName") == names.reference:
            yield from document_in(each, "PolicyDocument")["Statement"]


def _managed(scene: Scene, role: Resource, arn: str) -> list[Mapping[str, Any]]:
    for each in scene.estate.of_type("AWS::IAM::ManagedPolicy"):
        if scene.estate.names(each).reference == arn:
            return list(document_in(each, "PolicyDocument")["Statement"])
    known = re.fullmatch(r"arn:[\w-]+:iam::aws:policy/(.+)", arn)
    if known and known[1] in _OF_AWS:
        return list(_OF_AWS[known[1]])
    raise UnclearError(f"{role.path} has the policy {arn}, which is not in a template")
