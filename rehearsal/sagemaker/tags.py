"""AddTags, ListTags, DeleteTags."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.embedded.scope import Scope
from rehearsal.sagemaker.access import Access, request_tags
from rehearsal.sagemaker.errors import ValidationError
from rehearsal.sagemaker.store import JobRecord, ModelRecord, Store

MAX_TAGS = 50


def as_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The tags of a request by key."""
    return {tag["Key"]: tag["Value"] for tag in tags}


class Tags:
    """The tags of models and transform jobs.

    Args:
        models: All models.
        jobs: All transform jobs.
    """

    def __init__(self, models: Store[ModelRecord], jobs: Store[JobRecord]) -> None:
        self._models = models
        self._jobs = jobs

    def add(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer AddTags.

        Raises:
            ApiError: The request is refused.
        """
        arn = request["ResourceArn"]
        access.require("sagemaker:AddTags", arn, request_tags(request))
        tags = self._tags(scope, arn)
        merged = {**tags, **as_map(request["Tags"])}
        if len(merged) > MAX_TAGS:
            raise ValidationError(
                f"A resource may have {MAX_TAGS} tags, this one would have "
                f"{len(merged)}."
            )
        tags.update(merged)
        return {"Tags": _as_list(tags)}

    def list(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer ListTags; a page holds more than a resource may have.

        Raises:
            ApiError: The request is refused.
        """
        arn = request["ResourceArn"]
        access.require("sagemaker:ListTags", arn)
        return {"Tags": _as_list(self._tags(scope, arn))}

    def delete(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer DeleteTags.

        Raises:
            ApiError: The request is refused.
        """
        arn, keys = request["ResourceArn"], request["TagKeys"]
        access.require("sagemaker:DeleteTags", arn, {"aws:TagKeys": keys})
        tags = self._tags(scope, arn)
        for key in keys:
            tags.pop(key, None)
        return {}

    def _tags(self, scope: Scope, arn: str) -> dict[str, str]:
        stores: tuple[Iterable[ModelRecord | JobRecord], ...] = (
            self._models.all(scope),
            self._jobs.all(scope),
        )
        for records in stores:
            for record in records:
                if record.arn == arn:
                    return record.tags
        raise ValidationError(f"Could not find the resource {arn}.")


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
