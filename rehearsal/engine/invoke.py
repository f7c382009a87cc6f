"""Requests to `/invocations`, each within its time and with its retries."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final, Self

from rehearsal.engine.errors import ALGORITHM_ERROR, CLIENT_ERROR, JobError
from rehearsal.engine.serving import HOST

_CHUNK: Final = 1 << 16
_PAUSE_SECONDS: Final = 0.1


class InvocationError(JobError):
    """A payload that the model did not transform.

    Args:
        kind: `ClientError` when the model refused the data, else `AlgorithmError`.
        text: What happened, without the model's own words.
        status: The HTTP status of the model's answer, if there was one.
        answer: The model's own words, for the job's log.
    """

    def __init__(
        self, kind: str, text: str, *, status: int | None = None, answer: str = ""
    ) -> None:
        super().__init__(kind, text)
        self.status = status
        self.answer = answer

    @property
    def logged(self) -> str:
        """What SageMaker writes into the data log of a job."""
        return f"{self.kind}: {self.status}" if self.kind == CLIENT_ERROR else self.text


class Invoker:
    """Sends payloads to one serving process; every thread has its own connection.

    Args:
        port: Where the process listens.
        content_type: Type of the payloads, if the job names one.
        accept: Wanted type of the answers, if the job names one.
        timeout_seconds: How long one attempt may take, answer included.
        max_retries: Further attempts after one without a good answer. A 4xx answer is
            final: the same data would be refused again.
        given_up: Says that no further attempt makes sense.
    """

    def __init__(
        self,
        *,
        port: int,
        content_type: str | None,
        accept: str | None,
        timeout_seconds: float,
        max_retries: int,
        given_up: Callable[[], bool],
    ) -> None:
        self._port = port
        self._headers = _headers(content_type, accept)
        self._timeout_seconds = timeout_seconds
        self._attempts = 1 + max_retries
        self._given_up = given_up
        self._thread = threading.local()
        self._connections: list[_Connection] = []

    def __enter__(self) -> Self:
        """Return the invoker."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every thread's connection."""
        for connection in self._connections:
            connection.close()

    def invoke(self, payload: bytes) -> bytes:
        """Send one payload and return the model's answer.

        Raises:
            InvocationError: No attempt brought a 2xx answer.
        """
        left = self._attempts
        while True:
            left -= 1
            try:
                return self._attempt(payload)
            except InvocationError as error:
                if error.kind == CLIENT_ERROR or not left or self._given_up():
                    raise
            time.sleep(_PAUSE_SECONDS)

    def _attempt(self, payload: bytes) -> bytes:
        connection = self._connection()
        deadline = time.monotonic() + self._timeout_seconds
        try:
            status, answer = connection.post(payload, self._headers, deadline)
        except TimeoutError as error:
            raise InvocationError(
                ALGORITHM_ERROR,
                "Model server did not respond to /invocations request within "
                f"{self._timeout_seconds:g} seconds",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise InvocationError(
                ALGORITHM_ERROR,
                f"Unable to get response from algorithm ({error!r})",
            ) from error
        return _checked(status, answer)

    def _connection(self) -> "_Connection":
        connection: _Connection | None = getattr(self._thread, "connection", None)
        if connection is None:
            connection = self._thread.connection = _Connection(self._port)
            self._connections.append(connection)
        return connection


class _Connection:
    """One kept-alive connection, opened anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection(HOST, port)

    def close(self) -> None:
        self._http.close()

    def post(
        self, payload: bytes, headers: Mapping[str, str], deadline: float
    ) -> tuple[int, bytes]:
        reused = self._http.sock is not None
        try:
            return self._exchange(payload, headers, deadline)
        except (ConnectionError, http.client.BadStatusLine):
            self._http.close()
            # A server may close an idle connection at any time; on a fresh one the
            # same failure is the model's.
            if not reused:
                raise
        except BaseException:
            self._http.close()
            raise
        return self.post(payload, headers, deadline)

    def _exchange(
        self, payload: bytes, headers: Mapping[str, str], deadline: float
    ) -> tuple[int, bytes]:
        self._http.timeout = _left(deadline)
        if self._http.sock is None:
            self._http.connect()
        # http.client forgets the socket of an answer that ends with the connection.
        sock = self._http.sock
        sock.settimeout(_left(deadline))
        self._http.request("POST", "/invocations", payload, headers)
        response = self._http.getresponse()
        return response.status, _body(response, sock, deadline)


def _body(
    response: http.client.HTTPResponse, sock: socket.socket, deadline: float
) -> bytes:
    chunks: list[bytes] = []
    with response:
        while not response.isclosed() and response.length != 0:
            sock.settimeout(_left(deadline))
            chunks.append(response.read1(_CHUNK))
    body = b"".join(chunks)
    if response.length:
        raise http.client.IncompleteRead(body, response.length)
    return body


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _checked(status: int, answer: bytes) -> bytes:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return answer
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    raise InvocationError(
        CLIENT_ERROR if refused else ALGORITHM_ERROR,
        f"Bad HTTP status received from algorithm: {status}",
        status=status,
        answer=answer.decode(errors="replace"),
    )


def _headers(content_type: str | None, accept: str | None) -> dict[str, str]:
    headers = {"Content-Type": content_type, "Accept": accept}
    return {name: value for name, value in headers.items() if value}
