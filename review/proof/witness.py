"""An example of a request, told to a person."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

_TOLD_OTHERWISE = {
    "object key",
    "principal",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:securetransport",
    "aws:sourcevpce",
    "s3:tlsversion",
}
_FREE = "~"
"""What the solver writes where any text would do."""


def told(action: str, where: str, request: Mapping[str, Any], *, who: str = "") -> str:
    """One sentence about a request.

    Args:
        action: Its action.
        where: What it is about.
        request: Its condition keys, as `example` gives them.
        who: The caller, where the request does not say it.
    """
    others = [
        f"{key} = {_value(value)}"
        for key, value in sorted(request.items())
        if key not in _TOLD_OTHERWISE
    ]
    with_others = f", with {', '.join(others)}" if others else ""
    return (
        f"{who or _who(request)} may call {action} on {where}{_key(request)} "
        f"{_way(request)}{with_others}"
    )


def place_told(arn: str) -> str:
    """Where a request goes, as the solver gives it."""
    return f"`{_value(arn)}`" if arn.strip(_FREE) else "anything"


def _who(request: Mapping[str, Any]) -> str:
    if request.get("principal") == "anonymous":
        return "anybody, without signing,"
    if "aws:principalservicename" in request:
        service = str(request["aws:principalservicename"])
        return f"the service {_value(service)}" if service else "some service"
    arn = str(request.get("aws:principalarn", ""))
    if arn == _FREE:
        return "a principal of any other account"
    if account := re.fullmatch(f"arn:[a-z-]+:iam::([0-9]+):{_FREE}?", arn):
        return f"anybody in the account {account[1]}"
    return _value(f"{arn}{_FREE}" if arn.endswith("/") else arn) or "somebody"


def _way(request: Mapping[str, Any]) -> str:
    endpoint = request.get("aws:sourcevpce")
    way = f"through the endpoint {_value(endpoint)}" if endpoint else "from outside"
    secure = str(request.get("aws:securetransport", "True")) == "True"
    if not secure:
        return f"{way}, without TLS"
    version = request.get("s3:tlsversion")
    return f"{way}, over TLS {version}" if _is_old(version) else way


def _is_old(version: Any) -> bool:
    # The solver writes fractions.
    return version is not None and Fraction(str(version)) < Fraction("1.2")


def _key(request: Mapping[str, Any]) -> str:
    key = str(request.get("object key", ""))
    return f" at `{key}`" if key.strip(_FREE) else ""


def _value(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(map(_value, value))
    # Of texts that are not asked for, the solver writes a number.
    text = re.sub(r"!\d+!", _FREE, str(value))
    return f"{text[:-1]}(anything)" if text.endswith(_FREE) else text
