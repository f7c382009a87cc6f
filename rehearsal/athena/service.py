"""Athena's API, as far as running queries goes."""

import contextvars
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from rehearsal.athena.cloud import Clients, Cloud
from rehearsal.athena.errors import RequestError
from rehearsal.athena.executions import Executions, Record, new_record, output_of
from rehearsal.athena.query import Query
from rehearsal.athena.statement import CATALOG
from rehearsal.athena.workgroups import PRIMARY, Workgroup

PAGE_ROWS = 1000

Request = Mapping[str, Any]
Operation = Callable[[Request, Clients], dict[str, Any]]


class Platform(Protocol):
    """What Athena needs of the embedded AWS."""

    def workgroup(self, name: str) -> Mapping[str, Any] | None:
        """The record of a workgroup, None if there is none."""

    def execution(self, query_id: str) -> Record | None:
        """The record of an execution, None if there is none."""

    def add_execution(self, record: Record) -> None:
        """Keep the record of an execution."""


class Athena:
    """Answers the four calls that a query's life consists of.

    Args:
        platform: The embedded AWS around it.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._executions = Executions()
        self.operations: Mapping[str, Operation] = {
            "GetQueryExecution": self._get,
            "GetQueryResults": self._results,
            "StartQueryExecution": self._start,
            "StopQueryExecution": self._stop,
        }

    def _start(self, request: Request, clients: Clients) -> dict[str, Any]:
        context = request.get("QueryExecutionContext", {})
        workgroup = self._workgroup(request.get("WorkGroup", PRIMARY))
        workgroup.require_enabled()
        if request.get("ExecutionParameters"):
            raise RequestError("the rehearsal does not know execution parameters")
        if context.get("Catalog", CATALOG).lower() != CATALOG:
            raise RequestError(f"the rehearsal has no catalog {context['Catalog']}")
        query_id = str(uuid4())
        asked = request.get("ResultConfiguration", {})
        output = workgroup.output(asked, query_id)
        cloud = Cloud(clients)
        cloud.require_bucket(output)
        record = new_record(query_id, request, workgroup.record["Name"], output)
        query = Query(
            sql=request["QueryString"],
            database=context.get("Database", "default"),
            sight=cloud,
            now=datetime.now(UTC),
            limit_bytes=workgroup.limit_bytes,
        )
        self._platform.add_execution(record)
        threading.Thread(
            target=contextvars.copy_context().run,
            args=(self._executions.run, record, query, partial(cloud.save, output)),
            name=f"query {query_id}",
            daemon=True,
        ).start()
        return {"QueryExecutionId": query_id}

    def _get(self, request: Request, clients: Clients) -> dict[str, Any]:
        return {"QueryExecution": self._execution(request)}

    def _stop(self, request: Request, clients: Clients) -> dict[str, Any]:
        self._executions.stop(self._execution(request))
        return {}

    def _results(self, request: Request, clients: Clients) -> dict[str, Any]:
        record = self._execution(request)
        state = record["Status"]["State"]
        if state == "CANCELLED":
            raise RequestError("Could not find results", "RESULT_NOT_FOUND")
        if state != "SUCCEEDED":
            words = (
                "Query did not finish successfully. Final query state"
                if state == "FAILED"
                else "Query has not yet finished. Current state"
            )
            raise RequestError(f"{words}: {state}", "INVALID_QUERY_EXECUTION_STATE")
        start = request.get("NextToken", "0")
        if not start.isdecimal():
            raise RequestError("Invalid NextToken")
        result = Cloud(clients).load(output_of(record))
        return result.page(int(start), request.get("MaxResults", PAGE_ROWS))

    def _workgroup(self, name: str) -> Workgroup:
        record = self._platform.workgroup(name)
        if record is None:
            raise RequestError("WorkGroup is not found.")
        return Workgroup(record)

    def _execution(self, request: Request) -> Record:
        query_id = request.get("QueryExecutionId", "")
        record = self._platform.execution(query_id)
        if record is None:
            raise RequestError(f"QueryExecution {query_id} was not found")
        return record
