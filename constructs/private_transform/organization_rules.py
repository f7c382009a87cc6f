"""What an organization asks of every role that is created."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct


class OrganizationRules:
    """Puts every role below the environment's path and under one boundary.

    They reach the roles that CDK makes for functions of its own, too.

    Args:
        role_path: Path of the roles that have none of their own.
        permissions_boundary: ARN of the managed policy that bounds every role.
    """

    def __init__(self, *, role_path: str, permissions_boundary: str | None) -> None:
        self._role_path = role_path
        self._permissions_boundary = permissions_boundary

    def apply_to(self, scope: IConstruct) -> None:
        """Apply the rules to all roles that stand below `scope` now.

        The roles are selected inside CDK's own process. An aspect would be called back
        for every construct, which costs more than the rest of a synth.
        """
        roles = cdk.Mixins.of(
            scope, cdk.ConstructSelector.resources_of_type("AWS::IAM::Role")
        ).selected_constructs
        for role in roles:
            assert isinstance(role, cdk.CfnResource)
            if not isinstance(role, iam.CfnRole) or role.path is None:
                role.add_property_override("Path", self._role_path)
            if self._permissions_boundary is not None:
                role.add_property_override(
                    "PermissionsBoundary", self._permissions_boundary
                )
