"""Properties of roles, topics and functions that MiniStack's handlers drop."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import iam, lambda_svc, sns
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Complete = Callable[[str, Properties], None]

_handlers = provisioners._RESOURCE_HANDLERS

TOPIC_ATTRIBUTES = ("KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def apply() -> None:
    """Complete what the handlers of these types create and update."""
    _complete("AWS::IAM::Role", _complete_role)
    _complete("AWS::SNS::Topic", _complete_topic)
    _complete("AWS::Lambda::Function", _complete_function)


def _complete(resource_type: str, complete: Complete) -> None:
    handler = _handlers[resource_type]
    create, update = handler["create"], handler["update"]

    def create_all(logical_id: str, properties: Properties, stack: str) -> Any:
        created = create(logical_id, properties, stack)
        complete(created[0], properties)
        return created

    def update_all(
        physical_id: str, old: Properties, new: Properties, *names: str
    ) -> Any:
        updated = update(physical_id, old, new, *names)
        complete(updated[0], new)
        return updated

    _handlers[resource_type] = {**handler, "create": create_all, "update": update_all}


def _complete_role(name: str, properties: Properties) -> None:
    role = iam._roles[name]
    if "PermissionsBoundary" in properties:
        role["PermissionsBoundary"] = properties["PermissionsBoundary"]
    else:
        role.pop("PermissionsBoundary", None)


def _complete_topic(arn: str, properties: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    for name in TOPIC_ATTRIBUTES:
        if name in properties:
            attributes[name] = str(properties[name])
        else:
            attributes.pop(name, None)


def _complete_function(name: str, properties: Properties) -> None:
    function = lambda_svc._functions[name]
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    if "KmsKeyArn" in properties:
        function["config"]["KMSKeyArn"] = properties["KmsKeyArn"]
    else:
        function["config"].pop("KMSKeyArn", None)
