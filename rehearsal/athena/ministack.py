"""Athena in the embedded AWS, whose MiniStack keeps workgroups and executions."""

import asyncio
import contextvars
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import boto3
from botocore.config import Config
from ministack.services import athena

from rehearsal.athena.errors import RequestError
from rehearsal.athena.executions import Record
from rehearsal.athena.service import Athena
from rehearsal.embedded import identity
from rehearsal.embedded.door import Door

Response = tuple[int, dict[str, str], bytes]

_THREADS: Final = 8

_handle = athena.handle_request


def serve(door: Door) -> None:
    """Let queries run by `Athena`; everything else of Athena stays MiniStack's.

    Args:
        door: Where calls arrive as made by Athena for its caller.
    """
    front = _Front(door)
    athena.handle_request = front.handle_request


class MiniStackPlatform:
    """The records that MiniStack keeps in a request's account and region."""

    def workgroup(self, name: str) -> Mapping[str, Any] | None:
        """The record of a workgroup, None if there is none."""
        athena._ensure_default_workgroup()
        found: Mapping[str, Any] | None = athena._workgroups.get(name)
        return found

    def execution(self, query_id: str) -> Record | None:
        """The record of an execution, None if there is none."""
        found: Record | None = athena._executions.get(query_id)
        return found

    def add_execution(self, record: Record) -> None:
        """Keep the record of an execution."""
        athena._executions[record["QueryExecutionId"]] = record


class CallersClients:
    """Clients with the credentials that signed a request, at Athena's own door.

    Args:
        session: Makes the clients.
        door: The door.
        headers: The request's; names are in lower case.
    """

    # boto3 sessions, unlike their clients, are for one thread at a time.
    _LOCK: Final = threading.Lock()

    def __init__(self, session: Any, door: Door, headers: Mapping[str, str]) -> None:
        self._session = session
        self._door = door
        self._credentials = identity.callers_credentials(headers)
        self._region = identity.scope().region

    def client(self, service: str) -> Any:
        """A boto3 client of a service."""
        with self._LOCK:
            return self._session.client(
                service,
                region_name=self._region,
                endpoint_url=self._door.url,
                # A refusal of the embedded AWS does not go away.
                config=Config(
                    s3={"addressing_style": "path"}, retries={"max_attempts": 0}
                ),
                **self._credentials,
            )


class _Front:
    """Hands requests to `Athena` or to MiniStack."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._athena = Athena(MiniStackPlatform())
        self._session = boto3.session.Session()
        # Requests that wait for S3 must not take the threads that the server answers
        # S3 with.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="athena")

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> Response:
        """Answer one request in the protocol AWS JSON 1.1."""
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        if name not in self._athena.operations:
            answer: Response = await _handle(method, path, headers, body, query)
            return answer
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, context.run, self._answer, name, headers, body
        )

    def _answer(self, name: str, headers: Mapping[str, str], body: bytes) -> Response:
        answered = {"Content-Type": "application/x-amz-json-1.1"}
        clients = CallersClients(self._session, self._door, headers)
        try:
            answer = self._athena.operations[name](json.loads(body), clients)
        except RequestError as error:
            told = {
                "__type": "InvalidRequestException",
                "AthenaErrorCode": error.code,
                "Message": str(error),
            }
            return 400, answered, json.dumps(told).encode()
        return 200, answered, json.dumps(answer).encode()
