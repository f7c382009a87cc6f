"""Sockets on 127.0.0.1, each with what it says about the requests it brings."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

from rehearsal.embedded.certificates import Certificates
from rehearsal.embedded.connection import Connection, current, cut_off

HOST = "127.0.0.1"
BACKLOG = 1024
IDLE_SECONDS = 75

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A socket that already queues connections, before anything answers them."""

    socket: socket.socket
    tls: bool
    endpoint_id: str | None = None
    called_via: tuple[str, ...] = ()

    @property
    def port(self) -> int:
        """The free port that the kernel chose."""
        return int(self.socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"{'https' if self.tls else 'http'}://{HOST}:{self.port}"


def listen(
    *, tls: bool, endpoint_id: str | None = None, called_via: tuple[str, ...] = ()
) -> Listener:
    """Open a socket on a free port; connections wait until a server takes them."""
    # asyncio sends at once only on sockets that say they are TCP's; otherwise the body
    # of an answer waits 40 ms for the acknowledgement of its head.
    opened = socket.socket(proto=socket.IPPROTO_TCP)
    opened.bind((HOST, 0))
    opened.listen(BACKLOG)
    opened.setblocking(False)
    return Listener(
        socket=opened, tls=tls, endpoint_id=endpoint_id, called_via=called_via
    )


class Server:
    """Answers the connections of listeners with one ASGI application."""

    def __init__(self, app: App, certificates: Certificates) -> None:
        """Build it on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._app = ASGIWrapper(app)
        self._context = WorkerContext(None)
        self._config = Config()
        self._config.keep_alive_timeout = IDLE_SECONDS
        self._config.accesslog = None
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(certificates.server, certificates.key)
        self._servers: list[asyncio.Server] = []

    def serve_soon(self, listener: Listener) -> None:
        """Start to serve a listener; callable from any thread."""
        asyncio.run_coroutine_threadsafe(self._serve(listener), self._loop)

    async def _serve(self, listener: Listener) -> None:
        async def accept(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            encrypted = writer.get_extra_info("ssl_object")
            # Tasks that hypercorn starts for this connection copy the context.
            current.set(
                Connection(
                    tls_version=encrypted.version().removeprefix("TLSv")
                    if encrypted
                    else None,
                    endpoint_id=listener.endpoint_id,
                    called_via=listener.called_via,
                )
            )
            cut_off.set(writer.transport.abort)
            await TCPServer(
                self._app, self._loop, self._config, self._context, {}, reader, writer
            )

        self._servers.append(
            await asyncio.start_server(
                accept, sock=listener.socket, ssl=self._tls if listener.tls else None
            )
        )

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.close()
