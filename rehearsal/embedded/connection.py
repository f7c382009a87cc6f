"""How the request that is being answered came in.

The listeners set it per connection; policy conditions read it. Requests that
MiniStack makes to itself in process have no connection and count as TLS from
outside, as AWS's services reach each other.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One connection's facts, as policies see them.

    Attributes:
        tls_version: Such as `1.3`; None over plain HTTP.
        endpoint_id: The gateway endpoint it came through, or None.
        called_via: The services that pass their caller's request on, such as
            `athena.amazonaws.com`, the first one first; none for the caller itself.
    """

    tls_version: str | None
    endpoint_id: str | None = None
    called_via: tuple[str, ...] = ()


IN_PROCESS = Connection(tls_version="1.3")

current: ContextVar[Connection] = ContextVar("connection", default=IN_PROCESS)

cut_off: ContextVar[Callable[[], None]] = ContextVar("cut_off")
"""Ends the connection at once, whatever it still owes its client."""

auth_type: ContextVar[str | None] = ContextVar("auth_type", default=None)
"""How the request is signed: `REST-HEADER`, `REST-QUERY-STRING` or `POST`; None when
it is not.

AWS: Bucket policy examples using condition keys, `s3:authType`.
"""
