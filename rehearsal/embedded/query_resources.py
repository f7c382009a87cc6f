"""On which resource a call of Athena or of the Data Catalog needs its right.

AWS: Actions, resources, and condition keys for Amazon Athena, and for AWS Glue.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import athena

Request = Mapping[str, Any]

_extract = iam_actions.extract_resource_arn


def apply() -> None:
    """Name the resources that MiniStack leaves out or mistakes."""
    iam_actions.extract_resource_arn = _extract_with_queries


def _extract_with_queries(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, Any],
    region: str,
    account: str,
) -> str:
    if service in _RESOURCES:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        resource = _RESOURCES[service](action, _read(body))
        if resource is not None:
            return f"arn:aws:{service}:{region}:{account}:{resource}"
    found: str = _extract(service, method, path, headers, body, query, region, account)
    return found


def _read(body: bytes) -> Request:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _of_athena(action: str, request: Request) -> str | None:
    """A workgroup or a data catalog; None for what MiniStack knows."""
    if "DataCatalog" in action and "Name" in request:
        return f"datacatalog/{request['Name']}"
    if "CatalogName" in request:
        return f"datacatalog/{request['CatalogName']}"
    if action == "CreateWorkGroup":
        return f"workgroup/{request.get('Name')}"
    if "WorkGroup" in request:
        return f"workgroup/{request['WorkGroup']}"
    for single, several, records in (
        ("QueryExecutionId", "QueryExecutionIds", athena._executions),
        ("NamedQueryId", "NamedQueryIds", athena._named_queries),
    ):
        asked = [request[single]] if single in request else request.get(several)
        if asked is not None:
            return _workgroup_of(asked, records)
    if action in _IN_PRIMARY:
        return "workgroup/primary"
    return None


_IN_PRIMARY = (
    "CreateNamedQuery",
    "ListNamedQueries",
    "ListQueryExecutions",
    "StartQueryExecution",
)
"""What is done in the workgroup `primary` when a request names none."""


def _workgroup_of(ids: Collection[str], records: Any) -> str:
    """The workgroup of records; of several, or none, only a right on all will do."""
    found = {records[each]["WorkGroup"] if each in records else "*" for each in ids}
    return f"workgroup/{found.pop() if len(found) == 1 else '*'}"


def _of_catalog(action: str, request: Request) -> str | None:
    """A database, a table or the catalog; None for what is none of the Data Catalog."""
    if action == "GetDatabases":
        return "catalog"
    if "Database" in action:
        named = request.get("DatabaseInput", {}).get("Name")
        return f"database/{request.get('Name') or named}"
    if "Table" not in action and "Partition" not in action:
        return None
    table = (
        request.get("TableName")
        or request.get("TableInput", {}).get("Name")
        or request.get("Name", "*")
    )
    return f"table/{request.get('DatabaseName')}/{table}"


_RESOURCES: Mapping[str, Callable[[str, Request], str | None]] = {
    "athena": _of_athena,
    "glue": _of_catalog,
}
