"""What becomes of the calls that the environment's functions make.

All goes well until faults are ordered, and for people always: only calls of roles
below a path `/launcher/` meet any.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

from ministack import app as ministack
from ministack.core import iam_actions

from rehearsal.embedded import identity
from rehearsal.embedded.connection import cut_off
from rehearsal.embedded.exchange import (
    Receive,
    Send,
    body_of,
    gone,
    respond,
    with_body,
)
from rehearsal.embedded.faults import Fault, Faults

ORDERS = "/_rehearsal/faults"
"""PUT a list of faults to this path to order them; GET it for those to come."""

_WORDS = "This fault was ordered."

_faults = Faults()


async def take_orders(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer a request to `ORDERS`."""
    if scope["method"] == "PUT":
        orders = json.loads(await body_of(receive))
        _faults.order([Fault(**order) for order in orders])
    to_come = [asdict(fault) for fault in _faults.to_come]
    await respond(send, 200, json.dumps(to_come).encode(), "application/json")


async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Hand a request to MiniStack, unless a fault is ordered for it."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope["headers"]
    }
    if not _faults.to_come or not _is_of_a_launcher(headers):
        await ministack.app(scope, receive, send)
        return
    body = await body_of(receive)
    action = _action(scope, headers)
    asked = with_body(body, receive)
    match _faults.meet(action, scope["path"] + body.decode(errors="replace")):
        case None:
            await ministack.app(scope, asked, send)
        case "throttled" if action.startswith("s3:"):
            await _refuse_in_xml(send, 503, "SlowDown")
        case "throttled":
            await _refuse(send, 400, "ThrottlingException")
        case "broken" if action.startswith("s3:"):
            await _refuse_in_xml(send, 500, "InternalError")
        case "broken":
            await _refuse(send, 500, "InternalFailure")
        case "silent":
            await gone(receive)
        case "cut":
            await _cut(receive)
        case "lost":
            await ministack.app(scope, asked, _unsent)
            await _cut(receive)


def _is_of_a_launcher(headers: Mapping[str, str]) -> bool:
    role = identity.signing_role(headers)
    return role is not None and role.rpartition("/")[0].endswith("/launcher")


def _action(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """IAM's name of what is called: JSON services name it in a header."""
    signed = re.search(r"/([^/]+)/aws4_request", headers.get("authorization", ""))
    service = signed[1] if signed else ""
    if target := headers.get("x-amz-target"):
        return f"{service}:{target.rpartition('.')[2]}"
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    found = iam_actions.extract_iam_action(
        service, scope["method"], scope["path"], headers, b"", query
    )
    return found or ""


async def _refuse(send: Send, status: int, code: str) -> None:
    body = json.dumps({"__type": code, "message": _WORDS}).encode()
    await respond(send, status, body, "application/x-amz-json-1.1")


async def _refuse_in_xml(send: Send, status: int, code: str) -> None:
    body = f"<Error><Code>{code}</Code><Message>{_WORDS}</Message></Error>".encode()
    await respond(send, status, body, "application/xml")


async def _cut(receive: Receive) -> None:
    cut_off.get()()
    await gone(receive)


async def _unsent(message: dict[str, Any]) -> None:
    """Send nothing."""
