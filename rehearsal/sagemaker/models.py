"""CreateModel, DescribeModel, ListModels, DeleteModel."""

from collections.abc import Mapping
from typing import Any

from rehearsal.embedded.scope import Scope
from rehearsal.sagemaker import arns, execution_role, rules
from rehearsal.sagemaker.access import Access
from rehearsal.sagemaker.errors import ValidationError, model_not_found
from rehearsal.sagemaker.listing import page
from rehearsal.sagemaker.platform import Platform
from rehearsal.sagemaker.store import ModelRecord, Store
from rehearsal.sagemaker.tags import as_map


class Models:
    """The models of all accounts and regions.

    Args:
        platform: The cloud around SageMaker.
        inside: CreateModel reads artifacts through the model's endpoint, not from
            outside. Which of the two AWS does is not documented.
    """

    def __init__(self, platform: Platform, *, inside: bool) -> None:
        self._platform = platform
        self._inside = inside
        self.store = Store[ModelRecord]()

    def create(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer CreateModel.

        Raises:
            ApiError: The request is refused.
        """
        rules.check_model(request)
        arn = arns.model(scope, request["ModelName"])
        access.require_create_model(arn, request)
        model = ModelRecord(
            arn=arn,
            request=request,
            created=self._platform.now(),
            tags=as_map(request.get("Tags", ())),
        )
        self._check_new(self.store.get(scope, model.name) is None, arn)
        execution_role.check_model(self._platform, scope, model, inside=self._inside)
        self._check_new(self.store.add(scope, model), arn)
        return {"ModelArn": arn}

    def describe(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer DescribeModel.

        Raises:
            ApiError: The request is refused.
        """
        model = self._authorized("DescribeModel", access, scope, request)
        described = {
            name: value for name, value in model.request.items() if name != "Tags"
        }
        if "PrimaryContainer" in described:
            described["PrimaryContainer"] = _container(described["PrimaryContainer"])
        if "Containers" in described:
            described["Containers"] = [
                _container(container) for container in described["Containers"]
            ]
        return {
            "EnableNetworkIsolation": False,
            **described,
            "ModelArn": model.arn,
            "CreationTime": model.created,
        }

    def list(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer ListModels.

        Raises:
            ApiError: The request is refused.
        """
        access.require("sagemaker:ListModels", "*")
        return page(self.store.all(scope), request, key="Models", row=_row)

    def delete(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer DeleteModel; jobs that run on the model run on.

        Raises:
            ApiError: The request is refused.
        """
        model = self._authorized("DeleteModel", access, scope, request)
        self.store.remove(scope, model.name)
        return {}

    def _authorized(
        self, operation: str, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> ModelRecord:
        arn = arns.model(scope, request["ModelName"])
        model = self.store.get(scope, request["ModelName"])
        access.require_on(f"sagemaker:{operation}", arn, model.tags if model else {})
        if model is None:
            raise model_not_found(arn)
        return model

    def _check_new(self, new: bool, arn: str) -> None:
        if not new:
            raise ValidationError(f'Cannot create already existing model "{arn}".')


def _container(container: Mapping[str, Any]) -> dict[str, Any]:
    """A container with what SageMaker fills in."""
    return {"Mode": "SingleModel", "Environment": {}, **container}


def _row(model: ModelRecord) -> dict[str, Any]:
    return {
        "ModelName": model.name,
        "ModelArn": model.arn,
        "CreationTime": model.created,
    }
