"""Custom resources through failures and roll-backs, as CloudFormation does them.

MiniStack sends Create, Update and Delete, but nothing to the resource whose own
Create failed, and no Update to one that a failed stack update had replaced (AWS:
Custom resource request types; Continue rolling back an update).
"""

import logging
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import (
    custom_resource,
    handlers,
    provisioners,
    stacks,
)

from rehearsal.embedded import endpoint

logger = logging.getLogger(__name__)

ANSWERS = "/_rehearsal/answers"
"""Where custom resources PUT their answers, signed by a query as on S3.

The signature is what lets anybody answer, so it stands where log redaction of
pre-signed URLs looks for it.
"""

_invoke = custom_resource.invoke_custom_resource
_deliver = custom_resource.deliver_response
_roll_back = stacks._roll_back_operation
_delete_stack = stacks._delete_stack_async

_answered: dict[str, str] = {}
"""Physical ids that answers named, by stack id and logical id."""

_failed_creates: dict[tuple[str, str], dict[str, Any]] = {}
"""Resource records by stack id and logical id, until a Delete is sent."""


def apply() -> None:
    """Send what CloudFormation sends after a failure."""
    custom_resource._response_url = _response_url
    custom_resource.deliver_response = _remember_answer
    custom_resource.invoke_custom_resource = _remember_failed_create
    stacks._roll_back_operation = handlers._roll_back_operation = _roll_back_all
    stacks._delete_stack_async = handlers._delete_stack_async = _delete_all


def _response_url(token: str) -> str:
    return f"{endpoint.outside()}{ANSWERS}?signature={token}"


def _remember_answer(token: str, answer: dict[str, Any]) -> bool:
    key = f"{answer.get('StackId')} {answer.get('LogicalResourceId')}"
    _answered[key] = answer.get("PhysicalResourceId") or ""
    return bool(_deliver(token, answer))


def _remember_failed_create(
    request_type: str,
    logical_id: str,
    properties: dict[str, Any],
    stack_name: str,
    stack_id: str,
    resource_type: str,
    physical_id: str | None = None,
    old_props: dict[str, Any] | None = None,
) -> Any:
    """Invoke it; keep what a failed Create answered, for the Delete that follows.

    A resource that never answered gets a generated id, as CloudFormation gives it.
    """
    key = f"{stack_id} {logical_id}"
    _answered.pop(key, None)
    try:
        return _invoke(
            request_type,
            logical_id,
            properties,
            stack_name,
            stack_id,
            resource_type,
            physical_id,
            old_props,
        )
    except (RuntimeError, TimeoutError):
        if request_type == "Create":
            generated = provisioners._physical_name(stack_name, logical_id)
            _failed_creates[stack_id, logical_id] = {
                "PhysicalResourceId": _answered.get(key) or generated,
                "ResourceType": resource_type,
                "ResourceStatus": "CREATE_FAILED",
                "LogicalResourceId": logical_id,
                "Properties": properties,
                "Attributes": {},
            }
        raise


async def _roll_back_all(
    stack_name: str,
    stack_id: str,
    stack: dict[str, Any],
    operation: dict[str, Any],
    reason_override: str = "",
) -> None:
    """Roll back with the failed resource and the replaced ones."""
    resources = stack.setdefault("_resources", {})
    for logical_id, record in _take_failed_creates(stack_id):
        resources[logical_id] = record
        operation["created"].append(logical_id)
    await _update_back(stack_name, stack_id, resources, operation)
    await _roll_back(stack_name, stack_id, stack, operation, reason_override)


async def _delete_all(
    stack_name: str, stack_id: str, retain_resources: Any = (), force: bool = False
) -> None:
    """Delete a stack with the resource that failed in it and was not rolled back."""
    stack = cloudformation._stacks.get(stack_name) or {}
    stack.setdefault("_resources", {}).update(_take_failed_creates(stack_id))
    await _delete_stack(stack_name, stack_id, retain_resources, force)


def _take_failed_creates(stack_id: str) -> list[tuple[str, dict[str, Any]]]:
    found = [key for key in _failed_creates if key[0] == stack_id]
    return [
        (logical_id, _failed_creates.pop((at, logical_id))) for at, logical_id in found
    ]


async def _update_back(
    stack_name: str,
    stack_id: str,
    resources: dict[str, Any],
    operation: dict[str, Any],
) -> None:
    """Update each replaced custom resource back to its old properties.

    The request names the new physical id. When the answer names another one, the
    clean-up deletes the new one; when it keeps it, nothing is deleted.
    """
    previous = (operation.get("previous_stack") or {}).get("_resources", {})
    for logical_id in list(operation["created"]):
        now, before = resources.get(logical_id), previous.get(logical_id)
        if (
            now is None
            or before is None
            or not stacks._sends_back_failed_update(now["ResourceType"])
            or now["PhysicalResourceId"] == before["PhysicalResourceId"]
        ):
            continue
        before["PhysicalResourceId"] = now["PhysicalResourceId"]
        try:
            await stacks._revert_update(
                stack_id,
                stack_name,
                logical_id,
                now["ResourceType"],
                now["PhysicalResourceId"],
                now["Properties"],
                before["Properties"],
                now["Attributes"],
                before,
            )
        except Exception:
            # MiniStack has written the UPDATE_FAILED event; the roll-back goes on.
            logger.exception("%s could not be updated back", logical_id)
        if before["PhysicalResourceId"] == now["PhysicalResourceId"]:
            operation["created"].remove(logical_id)
