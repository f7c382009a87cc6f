"""AWS::Athena::NamedQuery, and what MiniStack's AWS::Athena::WorkGroup lets pass."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import athena
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]
Response = tuple[int, Any, bytes]

SMALLEST_CUTOFF_BYTES = 10_000_000
"""AWS: WorkGroupConfiguration, BytesScannedCutoffPerQuery."""

_handlers = provisioners._RESOURCE_HANDLERS
_delete_workgroup = athena._delete_workgroup


def apply() -> None:
    """Add the one type to MiniStack's table, and check the other."""
    athena._delete_workgroup = _delete_empty_workgroup
    handler = _handlers["AWS::Athena::WorkGroup"]
    _handlers["AWS::Athena::WorkGroup"] = {
        **handler,
        "create": _checked(handler["create"], 1),
        "update": _checked(handler["update"], 2),
        "delete": _remove_workgroup,
    }
    # Without "update" every change makes a new one (AWS: AWS::Athena::NamedQuery).
    _handlers["AWS::Athena::NamedQuery"] = {
        "create": _create_query,
        "delete": _delete_query,
    }


def _checked(act: Callable[..., Any], position: int) -> Callable[..., Any]:
    """Refuse settings that AWS refuses, given with the argument at a position."""

    def act_if_valid(*arguments: Any, **named: Any) -> Any:
        settings = arguments[position].get("WorkGroupConfiguration", {})
        cutoff = settings.get("BytesScannedCutoffPerQuery")
        if cutoff is not None and int(cutoff) < SMALLEST_CUTOFF_BYTES:
            raise ValueError(
                f"BytesScannedCutoffPerQuery is {cutoff} and must be at least "
                f"{SMALLEST_CUTOFF_BYTES}"
            )
        return act(*arguments, **named)

    return act_if_valid


def _remove_workgroup(name: str, properties: Properties) -> None:
    """With what is in it where the template says so (AWS: RecursiveDeleteOption)."""
    recursive = provisioners._cfn_bool(properties.get("RecursiveDeleteOption"))
    if name in athena._workgroups:
        request = {"WorkGroup": name, "RecursiveDeleteOption": recursive}
        _answer(athena._delete_workgroup(request))


def _delete_empty_workgroup(request: Properties) -> Response:
    """DeleteWorkGroup, which takes its content along only when it is told to."""
    name = request.get("WorkGroup")
    content = [
        (records, each)
        for records in (
            athena._executions,
            athena._named_queries,
            athena._prepared_statements,
        )
        for each, record in records.items()
        if name in (record.get("WorkGroup"), record.get("WorkGroupName"))
    ]
    if content and not request.get("RecursiveDeleteOption"):
        refused: Response = responses.error_response_json(
            "InvalidRequestException", f"WorkGroup {name} is not empty", 400
        )
        return refused
    answer: Response = _delete_workgroup(request)
    if answer[0] < 400:
        for records, each in content:
            records.pop(each)
    return answer


def _create_query(logical_id: str, properties: Properties, stack: str) -> Created:
    for name in ("Database", "QueryString"):
        if not properties.get(name):
            raise ValueError(f"required key [{name}] not found")
    workgroup = properties.get("WorkGroup", "primary")
    athena._ensure_default_workgroup()
    if workgroup not in athena._workgroups:
        raise ValueError(f"WorkGroup {workgroup} is not found.")
    name = properties.get("Name") or provisioners._physical_name(stack, logical_id)
    made = _answer(athena._create_named_query({**properties, "Name": name}))
    return made["NamedQueryId"], {"NamedQueryId": made["NamedQueryId"]}


def _delete_query(physical_id: str, properties: Properties) -> None:
    _answer(athena._delete_named_query({"NamedQueryId": physical_id}))


def _answer(response: Response) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response[2] or b"{}")
    if response[0] >= 400:
        raise ValueError(f"{body.get('__type')}: {body.get('message')}")
    return body
