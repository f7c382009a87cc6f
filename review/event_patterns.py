"""Which events a pattern of EventBridge matches.

AWS: Creating Amazon EventBridge event patterns; Comparison operators for use in event
patterns in Amazon EventBridge. What is not understood here is not guessed at.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .scene import UnclearError

_OR = "$or"


def matches(pattern: Any, event: Any) -> bool:
    """Whether a pattern, or a part of one, matches an event, or that part of it.

    Raises:
        UnclearError: The pattern uses an operator that is not understood.
    """
    if isinstance(pattern, str):
        pattern = _parsed(pattern)
    if not isinstance(pattern, Mapping) or not pattern:
        raise UnclearError(f"no event pattern: {json.dumps(pattern)[:100]}")
    return any(
        all(_field(wanted, name, each) for name, wanted in pattern.items())
        for each in _objects(event)
    )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnclearError("an event pattern is not JSON") from None


def _objects(event: Any) -> Iterator[Mapping[str, Any]]:
    """An object, or those of a list; nothing at all is an object without fields."""
    found = [
        each
        for each in (event if isinstance(event, list) else [event])
        if isinstance(each, Mapping)
    ]
    yield from found or [{}]


def _field(wanted: Any, name: str, event: Mapping[str, Any]) -> bool:
    if name == _OR and isinstance(wanted, list):
        return any(matches(each, event) for each in wanted)
    if isinstance(wanted, Mapping):
        return matches(wanted, event.get(name))
    if not isinstance(wanted, list):
        raise UnclearError(f"{name} of an event pattern is no list")
    values = list(_leaves(event.get(name, [])))
    return any(_one(each, values) for each in wanted)


def _leaves(value: Any) -> Iterator[Any]:
    """What operators see: neither objects nor empty lists; a null is there."""
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif not isinstance(value, Mapping):
        yield value


def _one(wanted: Any, values: list[Any]) -> bool:
    """Whether one of the values is what one item of a list wants."""
    if not isinstance(wanted, Mapping):
        return wanted in values
    ((operator, operand),) = wanted.items() if len(wanted) == 1 else (("", None),)
    texts = [each for each in values if isinstance(each, str)]
    match operator, operand:
        case "exists", bool():
            return operand == bool(values)
        case "prefix", str():
            return any(each.startswith(operand) for each in texts)
        case "wildcard", str() if "\\" not in operand:
            pattern = ".*".join(map(re.escape, operand.split("*")))
            return any(re.fullmatch(pattern, each) for each in texts)
        case "anything-but", str() | list():
            others = operand if isinstance(operand, list) else [operand]
            return any(each not in others for each in values)
    raise UnclearError(f"an event pattern has {json.dumps(wanted)[:100]}")
