"""What a caller of SageMaker must be allowed to do.

Source: AWS: Actions, resources, and condition keys for Amazon SageMaker.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.embedded.scope import Scope
from rehearsal.sagemaker import arns
from rehearsal.sagemaker.errors import AccessDeniedError
from rehearsal.sagemaker.platform import Conditions, Platform


class Access:
    """Asks the platform on behalf of one caller.

    Args:
        platform: Decides.
        caller: The principal, from the platform.
    """

    def __init__(self, platform: Platform, caller: Any) -> None:
        self._platform = platform
        self._caller = caller

    def require(
        self, action: str, resource: str, conditions: Conditions | None = None
    ) -> None:
        """Ask for one action on one resource.

        Raises:
            AccessDeniedError: The caller may not do this.
        """
        denial = self._platform.denial(self._caller, action, resource, conditions or {})
        if denial is not None:
            raise AccessDeniedError(denial)

    def require_on(self, action: str, resource: str, tags: Mapping[str, str]) -> None:
        """Ask for an action on a resource that exists and carries tags.

        Raises:
            AccessDeniedError: The caller may not do this.
        """
        keys = ("aws:ResourceTag", "sagemaker:ResourceTag")
        self.require(
            action,
            resource,
            {f"{key}/{tag}": tags[tag] for key in keys for tag in tags},
        )

    def require_create_model(self, arn: str, request: Mapping[str, Any]) -> None:
        """Ask for CreateModel, for its tags, and for passing its role.

        Raises:
            AccessDeniedError: The caller may not do this.
        """
        conditions: dict[str, Any] = dict(request_tags(request))
        if network := request.get("VpcConfig"):
            conditions["sagemaker:VpcSubnets"] = network["Subnets"]
            conditions["sagemaker:VpcSecurityGroupIds"] = network["SecurityGroupIds"]
        if "EnableNetworkIsolation" in request:
            isolated = request["EnableNetworkIsolation"]
            conditions["sagemaker:NetworkIsolation"] = str(isolated).lower()
        self.require("sagemaker:CreateModel", arn, conditions)
        self._require_tagging("CreateModel", arn, request)
        self.require(
            "iam:PassRole",
            request["ExecutionRoleArn"],
            {
                "iam:PassedToService": "sagemaker.amazonaws.com",
                "iam:AssociatedResourceArn": arn,
            },
        )

    def require_create_transform_job(
        self, scope: Scope, arn: str, request: Mapping[str, Any]
    ) -> None:
        """Ask for CreateTransformJob and for its tags.

        Raises:
            AccessDeniedError: The caller may not do this.
        """
        resources, output = request["TransformResources"], request["TransformOutput"]
        conditions: dict[str, Any] = {
            **request_tags(request),
            "sagemaker:InstanceTypes": [resources["InstanceType"]],
            "sagemaker:ModelArn": arns.model(scope, request["ModelName"]),
        }
        if key := resources.get("VolumeKmsKeyId"):
            conditions["sagemaker:VolumeKmsKeyArn"] = arns.key(scope, key)
        if key := output.get("KmsKeyId"):
            conditions["sagemaker:OutputKmsKeyArn"] = arns.key(scope, key)
        self.require("sagemaker:CreateTransformJob", arn, conditions)
        self._require_tagging("CreateTransformJob", arn, request)

    def _require_tagging(
        self, operation: str, arn: str, request: Mapping[str, Any]
    ) -> None:
        if request.get("Tags"):
            conditions = {
                **request_tags(request),
                "sagemaker:TaggingAction": operation,
            }
            self.require("sagemaker:AddTags", arn, conditions)


def request_tags(request: Mapping[str, Any]) -> Conditions:
    """The condition keys of the tags that a request brings."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", ())}
    if not tags:
        return {}
    return {
        **{f"aws:RequestTag/{key}": value for key, value in tags.items()},
        "aws:TagKeys": list(tags),
    }
