"""Physical names as CloudFormation gives and refuses them.

A generated name is new for each stack that is created, so that what an earlier
stack left behind is never met again; a name that exists already is refused, where
MiniStack would overwrite the resource.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import (
    cloudformation,
    cloudwatch_logs,
    eventbridge,
    iam,
    kms,
    lambda_svc,
    sns,
    stepfunctions,
)
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]

_handlers = provisioners._RESOURCE_HANDLERS
_physical_name = provisioners._physical_name

_NAMED: dict[str, tuple[str, Callable[[str], bool]]] = {
    "AWS::Events::Rule": (
        "Name",
        lambda name: eventbridge._rule_key(name, "default") in eventbridge._rules,
    ),
    "AWS::IAM::ManagedPolicy": (
        "ManagedPolicyName",
        lambda name: any(each["PolicyName"] == name for each in iam._policies.values()),
    ),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::KMS::Alias": (
        "AliasName",
        lambda name: kms._alias_arn(name) in kms._aliases,
    ),
    "AWS::Lambda::Function": (
        "FunctionName",
        lambda name: name in lambda_svc._functions,
    ),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        lambda name: name in cloudwatch_logs._log_groups,
    ),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        lambda name: any(
            each["name"] == name for each in stepfunctions._state_machines.values()
        ),
    ),
    "AWS::SNS::Topic": (
        "TopicName",
        lambda name: any(each["name"] == name for each in sns._topics.values()),
    ),
}
"""By type: the property that names a resource, and whether the name is taken."""


def apply() -> None:
    """Draw names per stack, refuse taken ones; before other wraps of creation."""
    provisioners._physical_name = _name_of_this_stack
    for resource_type, (name_property, is_taken) in _NAMED.items():
        _refuse_taken(resource_type, name_property, is_taken)
    # MiniStack gives log groups fixed names.
    _draw("AWS::Logs::LogGroup", "LogGroupName", _name_of_this_stack)
    _draw("AWS::StepFunctions::StateMachine", "StateMachineName", _without_the_stack)


def _name_of_this_stack(stack_name: str, logical_id: str, **limits: Any) -> str:
    stack = cloudformation._stacks.get(stack_name)
    drawn = provisioners._NAME_SEED.get()
    seed = f"{drawn}{stack['StackId']}" if stack else drawn
    token = provisioners._NAME_SEED.set(seed)
    try:
        return str(_physical_name(stack_name, logical_id, **limits))
    finally:
        provisioners._NAME_SEED.reset(token)


def _refuse_taken(
    resource_type: str, name_property: str, is_taken: Callable[[str], bool]
) -> None:
    handler = _handlers[resource_type]
    create = handler["create"]

    def create_new(logical_id: str, properties: Properties, stack: str) -> Any:
        name = properties.get(name_property)
        if name and is_taken(name):
            raise ValueError(
                f"Resource of type '{resource_type}' with identifier '{name}' already "
                "exists. (HandlerErrorCode: AlreadyExists)"
            )
        return create(logical_id, properties, stack)

    _handlers[resource_type] = {**handler, "create": create_new}


def _draw(
    resource_type: str, name_property: str, name: Callable[[str, str], str]
) -> None:
    """Name resources of a type otherwise than MiniStack, where a template does not."""
    handler = _handlers[resource_type]
    create, update = handler["create"], handler["update"]

    def named(properties: Properties, stack: str, logical_id: str) -> dict[str, Any]:
        return {name_property: name(stack, logical_id), **properties}

    def create_named(logical_id: str, properties: Properties, stack: str) -> Any:
        return create(logical_id, named(properties, stack, logical_id), stack)

    def update_named(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Any:
        return update(
            physical_id,
            named(old, stack, logical_id),
            named(new, stack, logical_id),
            stack,
            logical_id,
        )

    _handlers[resource_type] = {
        **handler,
        "create": create_named,
        "update": update_named,
    }


def _without_the_stack(stack: str, logical_id: str) -> str:
    """As CloudFormation names state machines."""
    return _name_of_this_stack(stack, logical_id).removeprefix(f"{stack}-")
