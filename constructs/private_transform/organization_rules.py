"""What an organization asks of every role that is created."""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct


@jsii.implements(cdk.IAspect)
class OrganizationRules:
    """Puts every role below the environment's path and under one boundary.

    An aspect, because it must reach the roles that CDK makes for functions of its own.

    Args:
        role_path: Path of the roles that have none of their own.
        permissions_boundary: ARN of the managed policy that bounds every role.
    """

    def __init__(self, *, role_path: str, permissions_boundary: str | None) -> None:
        self._role_path = role_path
        self._permissions_boundary = permissions_boundary

    def visit(self, node: IConstruct) -> None:
        """Apply the rules to one node of the tree."""
        if not isinstance(node, cdk.CfnResource):
            return
        if node.cfn_resource_type != "AWS::IAM::Role":
            return
        if not isinstance(node, iam.CfnRole) or node.path is None:
            node.add_property_override("Path", self._role_path)
        if self._permissions_boundary is not None:
            node.add_property_override(
                "PermissionsBoundary", self._permissions_boundary
            )
