"""The role of a Lambda function: its logs, and what it is given."""

from collections.abc import Iterable

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.service_role import Statement, allow, service_role


def function_role(
    scope: Construct,
    *,
    path: str,
    description: str,
    log_group: logs.ILogGroup,
    statements: Iterable[Statement],
) -> iam.IRole:
    """Create the role of the function that `scope` holds; CDK cannot add to it.

    Args:
        scope: The construct of the function.
        path: IAM path of the role.
        description: What the function is for.
        log_group: Where it logs.
        statements: Its rights, beside writing its logs.
    """
    role_arn = service_role(
        scope,
        "Role",
        service="lambda.amazonaws.com",
        path=path,
        description=description,
        statements=[
            allow(
                "WriteLogs",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [log_group.log_group_arn],
            ),
            *statements,
        ],
    )
    return iam.Role.from_role_arn(scope, "RoleByArn", role_arn, mutable=False)
