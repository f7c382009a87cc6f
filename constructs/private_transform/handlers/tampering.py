"""What people are told when somebody changes what protects the data."""

from collections.abc import Iterator, Mapping
from typing import Any

from .contract import TAMPERING

_NAMES = frozenset(
    {
        *("bucketName", "keyId", "roleArn", "name", "trailName", "groupId", "GroupId"),
        *("vpcId", "VpcId", "peerVpcId", "subnetId", "SubnetId", "routeTableId"),
        *("associationId", "gatewayId", "internetGatewayId", "natGatewayId"),
        *("destinationCidrBlock", "VpcEndpointId", "content", "cidrIp", "cidrIpv6"),
    }
)
"""Fields of requests that say what a call is about (AWS: CloudTrail record contents,
requestParameters)."""


def told_of(event: Mapping[str, Any], *, environment: str) -> dict[str, Any]:
    """A message of SNS, without its topic.

    Args:
        event: CloudTrail's record of a call, as EventBridge delivers it.
        environment: The environment's name.
    """
    detail = event["detail"]
    does, what = detail["eventName"], ", ".join(_named(detail))
    if detail["eventSource"] == "sts.amazonaws.com":
        subject = f"Break-glass role used in {environment}"
        meaning = f"This role reads all data of environment {environment}."
    else:
        subject = f"{does} by hand in {environment}"
        meaning = (
            f"This protects the data of environment {environment}, and no deployment "
            "did it."
        )
    return {
        "Subject": subject[:100],
        "Message": "\n".join(
            [
                f"{_who(detail.get('userIdentity') or {})} called {does} on {what} at "
                f"{detail['eventTime']} from {detail['sourceIPAddress']}.",
                meaning,
                f"CloudTrail event: {detail['eventID']} in {detail['awsRegion']}.",
            ]
        ),
        "MessageAttributes": {
            "result": {"DataType": "String", "StringValue": TAMPERING}
        },
    }


def _who(identity: Mapping[str, Any]) -> str:
    """Not everybody has an ARN (AWS: CloudTrail userIdentity element)."""
    known_by = ("arn", "invokedBy", "userName", "principalId", "accountId", "type")
    return str(next(filter(None, map(identity.get, known_by)), "Somebody"))


def _named(detail: Mapping[str, Any]) -> Iterator[str]:
    """What a call is about; where the request does not say it, what it touched."""
    names = list(_what(detail.get("requestParameters")))
    touched = [each["ARN"] for each in detail.get("resources") or () if "ARN" in each]
    yield from names or touched or ["something"]


def _what(request: Any) -> Iterator[str]:
    """Names in a request, however deep: newer calls of EC2 nest them."""
    if isinstance(request, list):
        for each in request:
            yield from _what(each)
    elif isinstance(request, Mapping):
        for name, value in request.items():
            if name in _NAMES and isinstance(value, str):
                yield value
            else:
                yield from _what(value)
