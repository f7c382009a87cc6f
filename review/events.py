"""Which events a rule of EventBridge hears."""

from collections.abc import Mapping
from typing import Any

from .plain import Resource, listed


def hears(rule: Resource, event: Mapping[str, Any]) -> bool:
    """Whether a rule is on, and an event of AWS in this account is one of its.

    AWS: Creating Amazon EventBridge event patterns. Of an operator that is not read
    here nobody can tell that it lets an event pass, so it does not.
    """
    given = rule.properties
    return (
        given.get("State", "ENABLED") == "ENABLED"
        and given.get("EventBusName", "default") == "default"
        and _has(event, given.get("EventPattern"))
    )


def _has(event: Mapping[str, Any], pattern: Any) -> bool:
    return isinstance(pattern, dict) and all(
        name in event and _is_of(event[name], wanted)
        for name, wanted in pattern.items()
    )


def _is_of(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict):
        return _has(value, wanted)
    return any(_is(value, each) for each in listed(wanted))


def _is(value: Any, wanted: Any) -> bool:
    match wanted:
        case {"prefix": str(start), **more} if not more:
            return str(value).startswith(start)
        case {"anything-but": list(others), **more} if not more:
            return value not in others
    return bool(value == wanted)
