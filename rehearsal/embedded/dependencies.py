"""What a resource that failed to delete still needs is not deleted either.

MiniStack goes on deleting the provider of a custom resource whose Delete failed, so
that a second attempt could never succeed; CloudFormation keeps it (AWS: Delete a
stack, DELETE_FAILED).
"""

from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

_delete_resource = stacks._delete_resource
_delete_stack = stacks._delete_stack_async
_roll_back = stacks._roll_back_operation

_kept: ContextVar[dict[str, str] | None] = ContextVar("kept", default=None)
"""Of the running operation: logical ids that must stay, each with who needs it."""


def apply() -> None:
    """Keep dependencies; after `custom_resources`, whose functions it wraps."""
    global _delete_stack, _roll_back
    _delete_stack = stacks._delete_stack_async
    _roll_back = stacks._roll_back_operation
    stacks._delete_resource = _delete_unless_needed
    stacks._delete_stack_async = handlers._delete_stack_async = _delete_all
    stacks._roll_back_operation = handlers._roll_back_operation = _roll_back_all


async def _delete_all(*args: Any, **kwargs: Any) -> None:
    _kept.set({})
    await _delete_stack(*args, **kwargs)


async def _roll_back_all(*args: Any, **kwargs: Any) -> None:
    _kept.set({})
    await _roll_back(*args, **kwargs)


def _delete_unless_needed(
    resource_type: str,
    physical_id: str,
    properties: dict[str, Any],
    stack_name: str | None = None,
    logical_id: str | None = None,
) -> None:
    kept = _kept.get()
    if kept is not None and logical_id in kept:
        raise ValueError(
            f"{logical_id} is kept: {kept[logical_id]}, which failed to delete, needs it"
        )
    try:
        _delete_resource(resource_type, physical_id, properties, stack_name, logical_id)
    except Exception:
        if kept is not None and stack_name and logical_id:
            template = cloudformation._stacks[stack_name].get("_template") or {}
            definitions = template.get("Resources", {})
            for needed in stacks._with_dependencies(
                [logical_id], definitions, set(definitions)
            ):
                kept.setdefault(needed, logical_id)
        raise
