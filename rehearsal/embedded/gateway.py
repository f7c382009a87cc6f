"""The front door before MiniStack's: what came in through which listener."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from ministack import app as ministack

from rehearsal.embedded import endpoint, management_events, schedules, weather
from rehearsal.embedded.connection import auth_type, current
from rehearsal.embedded.custom_resources import ANSWERS
from rehearsal.embedded.exchange import Receive, Send, respond

ENDPOINTS = "/_rehearsal/endpoints/"
"""GET this path and an endpoint's id: answers the URL of its listener."""

MINISTACK_ANSWERS = "/_ministack/cfn-response/"


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request, or hand it to MiniStack with its facts in the context."""
    if scope["type"] != "http":
        await ministack.app(scope, receive, send)
        return
    connection = current.get()
    headers = scope["headers"]
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    signature = _header(headers, b"authorization")
    if connection.endpoint_id is None and scope["path"].startswith(ENDPOINTS):
        await _answer_endpoint(scope["path"].removeprefix(ENDPOINTS), send)
        return
    if connection.endpoint_id is None and scope["path"] == weather.ORDERS:
        await weather.take_orders(scope, receive, send)
        return
    if connection.endpoint_id is None and scope["path"] == schedules.ORDERS:
        await schedules.take_orders(scope, receive, send)
        return
    if connection.endpoint_id is not None and not _is_for_s3(headers, query):
        await _respond(
            send, 501, {"message": "a gateway endpoint for S3 carries S3 only"}
        )
        return
    if scope["path"] == ANSWERS:
        path = MINISTACK_ANSWERS + "".join(query.get("signature", []))
        scope = {**scope, "path": path, "raw_path": path.encode(), "query_string": b""}
    auth_type.set(_auth_type(scope["method"], signature, query, headers))
    await management_events.serve(scope, receive, send)


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    for name, value in headers:
        if name.lower() == wanted:
            return value.decode("latin-1")
    return ""


def _is_for_s3(headers: list[tuple[bytes, bytes]], query: dict[str, list[str]]) -> bool:
    """Whether the credential scope, where there is one, names S3."""
    signed = _header(headers, b"authorization") + "".join(
        query.get("X-Amz-Credential", [])
    )
    return "/aws4_request" not in signed or "/s3/aws4_request" in signed


def _auth_type(
    method: str,
    signature: str,
    query: dict[str, list[str]],
    headers: list[tuple[bytes, bytes]],
) -> str | None:
    if signature:
        return "REST-HEADER"
    if "X-Amz-Signature" in query or "Signature" in query:
        return "REST-QUERY-STRING"
    if method == "POST" and _header(headers, b"content-type").startswith(
        "multipart/form-data"
    ):
        return "POST"
    return None


async def _answer_endpoint(endpoint_id: str, send: Send) -> None:
    url = endpoint.listener_of(endpoint_id)
    if url is None:
        await _respond(
            send, 404, {"message": f"there is no S3 gateway endpoint {endpoint_id}"}
        )
    else:
        await _respond(send, 200, {"url": url})


async def _respond(send: Send, status: int, answer: dict[str, str]) -> None:
    await respond(send, status, json.dumps(answer).encode(), "application/json")
