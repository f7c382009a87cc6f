"""Some calls that change what protects data, as events of CloudTrail.

Only what comes in by HTTP and was served: what a service does on its own, such as
CloudFormation, makes no event. Like at AWS, there are none where no trail records them
(AWS: AWS service events delivered via AWS CloudTrail).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from ministack.core import iam_actions
from ministack.services import cloudtrail, kms

from rehearsal.embedded import identity, weather
from rehearsal.embedded.exchange import Receive, Send, body_of, with_body
from rehearsal.embedded.scope import Scope

EVENTS: Mapping[str, frozenset[str]] = {
    "cloudtrail": frozenset({"StopLogging"}),
    "ec2": frozenset(
        {
            "AuthorizeSecurityGroupEgress",
            "CreateRoute",
            "DeleteFlowLogs",
            "ModifyVpcEndpoint",
        }
    ),
    "kms": frozenset({"DisableKey", "PutKeyPolicy"}),
    "s3": frozenset({"DeleteBucketPolicy", "PutBucketPolicy"}),
    "sts": frozenset({"AssumeRole"}),
}
"""Which calls make events, by service."""

_UNDER_THEIR_REQUEST = frozenset({"DeleteFlowLogs", "ModifyVpcEndpoint"})
"""Newer calls of EC2, whose parameters CloudTrail records in EC2's own spelling, below
the request's name."""

_NOT_OF_THE_CALL = frozenset({"Action", "Version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        region: Where it was made.
        service: The service, such as `kms`.
        name: The operation.
        given: Its parameters, as the service spells them.
    """

    region: str
    service: str
    name: str
    given: Mapping[str, Any]


async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Have a request answered, and send its event if it makes one."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope["headers"]
    }
    signed = re.search(
        r"/([^/]+)/([^/]+)/aws4_request", headers.get("authorization", "")
    )
    if signed is None or signed[2] not in EVENTS:
        await weather.serve(scope, receive, send)
        return
    body = b""
    if signed[2] != "s3":
        # Objects may be large, and S3 names in the path what a call is about.
        body = await body_of(receive)
        receive = with_body(body, receive)
    call = _call(scope, headers, body, signed[1], signed[2])
    if call is None:
        await weather.serve(scope, receive, send)
        return
    where = Scope(account=identity.caller(headers).account, region=call.region)
    recorded = _is_recorded(where)
    statuses: list[int] = []

    async def send_and_see(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        await send(message)

    await weather.serve(scope, receive, send_and_see)
    if recorded and statuses and statuses[0] < 300:
        with identity.scoped(where):
            identity.emit_event(
                f"aws.{call.service}",
                "AWS API Call via CloudTrail",
                _detail(call, headers, scope),
                resources=[],
            )


def _is_recorded(where: Scope) -> bool:
    with identity.scoped(where):
        return any(
            trail.get("IsLogging") for *_, trail in cloudtrail._visible_trail_items()
        )


def _call(
    scope: Mapping[str, Any],
    headers: Mapping[str, str],
    body: bytes,
    region: str,
    service: str,
) -> Call | None:
    """The call that a request makes, if it is one that makes an event."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    action = iam_actions.extract_iam_action(
        service, scope["method"], scope["path"], headers, body, query
    )
    name = (action or "").partition(":")[2]
    if name not in EVENTS[service]:
        return None
    given: Mapping[str, Any]
    if service == "s3":
        given = {"BucketName": scope["path"].split("/")[1]}
    elif "x-amz-target" in headers:
        given = json.loads(body)
    else:
        sent = parse_qs(body.decode())
        given = {
            key: values[0]
            for key, values in sent.items()
            if key not in _NOT_OF_THE_CALL
        }
    return Call(region=region, service=service, name=name, given=given)


def _detail(
    call: Call, headers: Mapping[str, str], scope: Mapping[str, Any]
) -> dict[str, Any]:
    """AWS: CloudTrail record contents for management events."""
    client = scope.get("client")
    return {
        "eventVersion": "1.11",
        "userIdentity": _identity(headers),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.name,
        "awsRegion": call.region,
        "sourceIPAddress": client[0] if client else "127.0.0.1",
        "userAgent": headers.get("user-agent", ""),
        "requestParameters": _parameters(call),
        **_resources(call),
        "eventID": str(uuid4()),
        "readOnly": call.name == "AssumeRole",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
    }


def _identity(headers: Mapping[str, str]) -> dict[str, Any]:
    """AWS: CloudTrail userIdentity element."""
    who = identity.caller(headers)
    told = {
        "arn": who.arn,
        "accountId": who.account,
        "accessKeyId": who.access_key_id,
    }
    role = identity.role_of_session(who.arn)
    if role is None:
        is_root = who.arn.endswith(":root")
        return {"type": "Root" if is_root else "IAMUser", **told}
    issuer = {
        "type": "Role",
        "arn": role,
        "accountId": who.account,
        "userName": role.rpartition("/")[2],
    }
    return {
        "type": "AssumedRole",
        **told,
        "sessionContext": {"sessionIssuer": issuer},
    }


def _parameters(call: Call) -> dict[str, Any]:
    if call.name not in _UNDER_THEIR_REQUEST:
        return {name[0].lower() + name[1:]: given for name, given in call.given.items()}
    request: dict[str, Any] = {}
    for name, given in call.given.items():
        member, _, number = name.partition(".")
        if not number:
            request[member] = given
            continue
        # One is recorded as itself, several as a list.
        item = {"tag": int(number), "content": given}
        before = request.get(member)
        if before is None:
            request[member] = item
        elif isinstance(before, list):
            before.append(item)
        else:
            request[member] = [before, item]
    return {f"{call.name}Request": request}


def _resources(call: Call) -> dict[str, Any]:
    """What KMS says besides: the key, however the caller named it."""
    if call.service != "kms":
        return {}
    key = kms._resolve_key(call.given["KeyId"])
    return {"resources": [{"type": "AWS::KMS::Key", "ARN": key["Arn"]}]}
