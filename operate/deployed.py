"""What CloudFormation says of an environment that is deployed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from private_transform.environment import ENVIRONMENT_TAG, Environment

SHARED = ("foundation", "operations")
"""The stacks that all transforms stand on, in the order of their deployment."""


class OperationError(Exception):
    """An operation cannot go on; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """An environment in its account, seen with the caller's credentials.

    Args:
        environment: The environment's files.
        session: Credentials and region of the caller.
        caller: The caller's ARN.
        cloudformation: The caller's client for the environment's stacks.
    """

    environment: Environment
    session: boto3.Session
    caller: str
    cloudformation: Any

    @classmethod
    def open(cls, environment: Environment, session: boto3.Session) -> "Deployed":
        """Look at an environment with the credentials of a session.

        Stacks are found by name and tag, and another account may have the same.

        Raises:
            OperationError: The credentials are those of another account.
        """
        caller = session.client("sts").get_caller_identity()
        if caller["Account"] != environment.account:
            raise OperationError(
                f"{environment.name} belongs to account {environment.account} (account "
                f"in its environment.yaml), but these credentials are those of account "
                f"{caller['Account']}: {caller['Arn']}; sign in to "
                f"{environment.account}, or correct the file"
            )
        return cls(
            environment=environment,
            session=session,
            caller=caller["Arn"],
            cloudformation=session.client("cloudformation"),
        )

    def outputs(self, part: str) -> Mapping[str, str]:
        """Outputs of the stack `part`.

        Raises:
            OperationError: The stack is not deployed.
        """
        name = self.environment.stack_name(part)
        stack = self.stack(name)
        if stack is None:
            raise OperationError(
                f"stack {name} is not deployed in {self.environment.region}; "
                f"deploy it first: make deploy ENVIRONMENT={self.environment.name}"
            )
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in stack.get("Outputs", [])
        }

    def stack(self, name: str) -> dict[str, Any] | None:
        """What CloudFormation knows of a stack, by name or id; None without one."""
        try:
            found = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        stack: dict[str, Any] = found[0]
        return stack

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        """What happened to one stack, newest first; nothing when there is none."""
        if self.stack(name) is None:
            return
        pages = self.cloudformation.get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=name):
            yield from page["StackEvents"]

    def stack_names(self) -> list[str]:
        """Stacks of the environment in the order in which they can be removed.

        Somebody else's stack may have a name that begins like ours: the tag counts.
        """
        pages = self.cloudformation.get_paginator("describe_stacks").paginate()
        ours = {"Key": ENVIRONMENT_TAG, "Value": self.environment.name}
        names = [
            stack["StackName"]
            for page in pages
            for stack in page["Stacks"]
            if ours in stack.get("Tags", [])
        ]
        shared = [self.environment.stack_name(part) for part in reversed(SHARED)]
        return [
            *sorted(name for name in names if name not in shared),
            *(name for name in shared if name in names),
        ]
