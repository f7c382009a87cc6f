"""Calls to AWS that a deployment makes where CloudFormation has no resource."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from private_transform.function_role import function_role
from private_transform.service_role import Statement


class DeploymentCalls(Construct):
    """CDK's own function for single calls, with one role of ours for all of them.

    Args:
        description: What the calls are for.
        role_path: IAM path of the role.
        statements: The rights that the calls need.
        log_group: Where the function logs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        role_path: str,
        statements: Iterable[Statement],
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        self._log_group = log_group
        self._role = function_role(
            self,
            path=role_path,
            description=description,
            log_group=log_group,
            statements=statements,
        )

    def call(
        self,
        construct_id: str,
        *,
        service: str,
        action: str,
        parameters: Mapping[str, Any],
        about: str,
        fields: Sequence[str] = (),
        none_is_fine: str | None = None,
    ) -> cr.AwsCustomResource:
        """Make a call when the stack is created and whenever its parameters change.

        Args:
            construct_id: Name of the call.
            service: Service of the AWS SDK, such as `EC2`.
            action: Operation of the service.
            parameters: Its parameters.
            about: What the call is about; another physical resource follows from it.
            fields: The fields of the answer that the stack uses.
            none_is_fine: Code of the error that says there was nothing to do.
        """
        return cr.AwsCustomResource(
            self,
            construct_id,
            on_update=cr.AwsSdkCall(
                service=service,
                action=action,
                parameters=parameters,
                output_paths=list(fields),
                physical_resource_id=cr.PhysicalResourceId.of(about),
                ignore_error_codes_matching=none_is_fine,
            ),
            install_latest_aws_sdk=False,
            log_group=self._log_group,
            role=self._role,
        )
