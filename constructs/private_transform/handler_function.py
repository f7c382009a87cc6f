"""A Lambda function of the `handlers` package."""

from collections.abc import Iterable
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.function_role import function_role
from private_transform.service_role import Statement

_PACKAGE = Path(__file__).parent


def handler_code() -> lambda_.Code:
    """The `handlers` package alone, so that its imports work in Lambda as here.

    Bytecode is left out: it would change the asset's hash with every interpreter.
    """
    return lambda_.Code.from_asset(
        str(_PACKAGE),
        exclude=["*", "!handlers", "!handlers/**", "__pycache__"],
        ignore_mode=cdk.IgnoreMode.GIT,
    )


class HandlerFunction(Construct):
    """One function of the `handlers` package with a role of its own.

    Args:
        entry: Name of the function in `handlers.entry`.
        description: What it does, for a person in the console.
        role_path: IAM path of the role.
        statements: Its rights, beside writing its logs.
        log_group: Where it logs.
        variables: Environment variables.
        timeout_seconds: When it is ended.

    Attributes:
        function: The function.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str,
        description: str,
        role_path: str,
        statements: Iterable[Statement],
        log_group: logs.ILogGroup,
        variables: dict[str, str],
        timeout_seconds: int,
    ) -> None:
        super().__init__(scope, construct_id)
        role = function_role(
            self,
            path=role_path,
            description=description,
            log_group=log_group,
            statements=statements,
        )
        self.function = lambda_.Function(
            self,
            "Resource",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=handler_code(),
            handler=f"handlers.entry.{entry}",
            role=role,
            log_group=log_group,
            timeout=cdk.Duration.seconds(timeout_seconds),
            # Lambda gives CPU by memory: to list as many objects as `handlers.listing`
            # allows takes 5 s of a whole CPU, which is 17 s of this share (AWS:
            # Configure Lambda function memory).
            memory_size=512,
            environment=variables,
        )
