"""AWS::Logs::QueryDefinition, and what CloudWatch Logs says of saved queries.

AWS: AWS::Logs::QueryDefinition; DescribeQueryDefinitions.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from ministack.core import responses
from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]
Response = tuple[int, dict[str, str], bytes]

Handle = Callable[..., Awaitable[Response]]

_saved = responses.AccountRegionScopedDict()


def apply() -> None:
    """Add the type to MiniStack's table, and the call to its service."""
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    cloudwatch_logs.handle_request = _describing(cloudwatch_logs.handle_request)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    return _put(str(uuid4()), properties)


def _update(physical_id: str, old: Properties, new: Properties, stack: str) -> Created:
    return _put(physical_id, new)


def _delete(physical_id: str, properties: Properties) -> None:
    _saved.pop(physical_id, None)


def _put(query_id: str, properties: Properties) -> Created:
    for name in ("Name", "QueryString"):
        if not properties.get(name):
            raise ValueError(f"required key [{name}] not found")
    _saved[query_id] = {
        "queryDefinitionId": query_id,
        "name": properties["Name"],
        "queryString": properties["QueryString"],
        "logGroupNames": properties.get("LogGroupNames", []),
        "lastModified": int(time.time() * 1000),
    }
    return query_id, {"QueryDefinitionId": query_id}


def _describing(handle: Handle) -> Handle:
    """Answer the one call, and leave the others to what answered them before."""

    async def describe_or_handle(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, Any],
    ) -> Response:
        if not headers.get("x-amz-target", "").endswith(".DescribeQueryDefinitions"):
            return await handle(method, path, headers, body, query)
        prefix = json.loads(body or b"{}").get("queryDefinitionNamePrefix", "")
        found = [each for each in _saved.values() if each["name"].startswith(prefix)]
        answer: Response = responses.json_response({"queryDefinitions": found})
        return answer

    return describe_or_handle
