"""What a resource that failed to delete still needs is not deleted either.

MiniStack goes on deleting the provider of a custom resource whose Delete failed, so
that a second attempt could never succeed; CloudFormation keeps it (AWS: Delete a
stack, DELETE_FAILED).
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

Operation = Callable[..., Awaitable[None]]

_delete_resource = stacks._delete_resource

_kept: ContextVar[dict[str, str] | None] = ContextVar("kept", default=None)
"""Of the running operation: logical ids that must stay, each with who needs it."""


def apply() -> None:
    """Keep dependencies; after `custom_resources`, whose functions it wraps."""
    stacks._delete_resource = _delete_unless_needed
    stacks._delete_stack_async = _with_memory(stacks._delete_stack_async)
    handlers._delete_stack_async = stacks._delete_stack_async
    stacks._roll_back_operation = _with_memory(stacks._roll_back_operation)
    handlers._roll_back_operation = stacks._roll_back_operation


def _with_memory(operation: Operation) -> Operation:
    """Let an operation on a stack begin with nothing that must stay."""

    async def run(*args: Any, **kwargs: Any) -> None:
        _kept.set({})
        await operation(*args, **kwargs)

    return run


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
            f"{logical_id} stays: {kept[logical_id]} failed to delete and needs it"
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
