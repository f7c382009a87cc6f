"""AWS::CloudTrail::Trail, by MiniStack's CloudTrail; nothing is delivered."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudtrail
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]

FLAGS = ("EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsMultiRegionTrail")


def apply() -> None:
    """Add the type to MiniStack's table."""
    provisioners._RESOURCE_HANDLERS["AWS::CloudTrail::Trail"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("TrailName") or provisioners._physical_name(stack, logical_id)
    trail = _answer(cloudtrail._create_trail(_request(name, properties)))
    _configure(name, properties)
    return name, {"Arn": trail["TrailARN"]}


def _update(physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
    trail = _answer(cloudtrail._update_trail(_request(physical_id, new)))
    _configure(physical_id, new)
    return physical_id, {"Arn": trail["TrailARN"]}


def _delete(physical_id: str, properties: Properties) -> None:
    _answer(cloudtrail._delete_trail({"Name": physical_id}))


def _request(name: str, properties: Properties) -> dict[str, object]:
    flags = {
        flag: provisioners._cfn_bool(properties[flag])
        for flag in FLAGS
        if flag in properties
    }
    return {**properties, **flags, "Name": name}


def _configure(name: str, properties: Properties) -> None:
    selectors = {
        kind: properties[kind]
        for kind in ("EventSelectors", "AdvancedEventSelectors")
        if properties.get(kind)
    }
    if selectors:
        _answer(cloudtrail._put_event_selectors({"TrailName": name, **selectors}))
    if provisioners._cfn_bool(properties.get("IsLogging")):
        cloudtrail._start_logging({"Name": name})
    else:
        cloudtrail._stop_logging({"Name": name})


def _answer(response: tuple[int, Any, bytes]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response[2] or b"{}")
    if response[0] >= 400:
        raise ValueError(f"{body.get('__type')}: {body.get('message')}")
    return body
