"""A role that one AWS service assumes, and the statements of its rights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an environment is, for the ARNs of what lies there."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    **conditions: Mapping[str, object],
) -> Statement:
    """One statement of a policy, as IAM writes it."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        **({"Condition": conditions} if conditions else {}),
    }


def service_role(
    scope: Construct,
    construct_id: str,
    *,
    service: str,
    path: str,
    description: str,
    statements: Iterable[Statement],
    conditions: Mapping[str, object] | None = None,
) -> str:
    """Create a role with all its rights in one resource; its ARN.

    So it is never there without them, and nothing can add to them from elsewhere.

    Args:
        scope: The construct that the role belongs to.
        construct_id: Its name there.
        service: Who assumes it, such as `lambda.amazonaws.com`.
        path: IAM path of the role.
        description: What it is for.
        statements: Its rights.
        conditions: When the service may assume it.
    """
    trust: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        **({"Condition": conditions} if conditions else {}),
    }
    return iam.CfnRole(
        scope,
        construct_id,
        path=path,
        description=description,
        assume_role_policy_document=policy_document([trust]),
        policies=[
            iam.CfnRole.PolicyProperty(
                policy_name="Rights", policy_document=policy_document(statements)
            )
        ],
    ).attr_arn


def policy_document(statements: Iterable[Statement]) -> dict[str, Any]:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
