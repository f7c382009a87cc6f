"""Requests, checked against the shapes that AWS publishes.

The AWS SDKs check some of this before they send anything, and the service checks all
of it: patterns, enumerations and upper bounds are seen by the service alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import botocore.session

from rehearsal.sagemaker.errors import SerializationError, ValidationError

_SERVICE: Final = botocore.session.get_session().get_service_model("sagemaker")

# Java's property classes, nearest in Python's syntax.
_PROPERTIES: Final = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}


def check_request(operation: str, request: object) -> None:
    """Check a request's structure, types and constraints.

    Raises:
        SerializationError: A value has the wrong type, or a member is unknown.
        ValidationError: Constraints are broken; the message names all of them.
    """
    shape = _SERVICE.operation_model(operation).input_shape
    problems = list(_structure(shape, request, ""))
    if problems:
        count = len(problems)
        raise ValidationError(
            f"{count} validation error{'s' * (count > 1)} detected: "
            f"{'; '.join(problems)}"
        )


def _check(shape: Any, value: object, path: str) -> Iterator[str]:
    yield from _CHECKS[shape.type_name](shape, value, path)


def _structure(shape: Any, value: object, path: str) -> Iterator[str]:
    members = _typed(value, dict, path)
    for name in members:
        if name not in shape.members:
            raise SerializationError(f"unknown member '{_join(path, name)}'")
    for name in shape.required_members:
        if members.get(name) is None:
            yield _broken(None, _join(path, name), "Member must not be null")
    for name, member in members.items():
        if member is not None:
            yield from _check(shape.members[name], member, _join(path, name))


def _list(shape: Any, value: object, path: str) -> Iterator[str]:
    items = _typed(value, list, path)
    yield from _length(shape, items, path)
    for number, item in enumerate(items, start=1):
        yield from _check(shape.member, item, f"{path}.{number}.member")


def _map(shape: Any, value: object, path: str) -> Iterator[str]:
    entries = _typed(value, dict, path)
    yield from _length(shape, entries, path)
    for key, entry in entries.items():
        yield from _check(shape.key, key, f"{path}.key")
        yield from _check(shape.value, entry, f"{path}.{key}")


def _string(shape: Any, value: object, path: str) -> Iterator[str]:
    text = _typed(value, str, path)
    yield from _length(shape, text, path)
    if shape.enum and text not in shape.enum:
        yield _broken(
            text, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        )
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(text):
        yield _broken(
            text, path, f"Member must satisfy regular expression pattern: {pattern}"
        )


def _integer(shape: Any, value: object, path: str) -> Iterator[str]:
    number = _typed(value, int, path)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and number < low:
        rule = f"Member must have value greater than or equal to {low}"
        yield _broken(number, path, rule)
    if high is not None and number > high:
        rule = f"Member must have value less than or equal to {high}"
        yield _broken(number, path, rule)


def _boolean(shape: Any, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        raise _wrong_type(path, "bool", value)
    yield from ()


def _timestamp(shape: Any, value: object, path: str) -> Iterator[str]:
    _typed(value, int | float, path)
    yield from ()


_CHECKS: Final[Mapping[str, Callable[[Any, object, str], Iterator[str]]]] = {
    "boolean": _boolean,
    "integer": _integer,
    "list": _list,
    "map": _map,
    "string": _string,
    "structure": _structure,
    "timestamp": _timestamp,
}


def _length(shape: Any, value: Any, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < low:
        rule = f"Member must have length greater than or equal to {low}"
        yield _broken(value, path, rule)
    if high is not None and len(value) > high:
        rule = f"Member must have length less than or equal to {high}"
        yield _broken(value, path, rule)


def _typed(value: object, kind: Any, path: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _wrong_type(path, getattr(kind, "__name__", "number"), value)
    return value


def _wrong_type(path: str, wanted: str, value: object) -> SerializationError:
    return SerializationError(
        f"'{path}' must be a {wanted}, got {type(value).__name__}"
    )


def _broken(value: object, path: str, rule: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {rule}"


def _join(path: str, name: str) -> str:
    """Add a member to a path, which AWS writes in camel case."""
    own = name[:1].lower() + name[1:]
    return f"{path}.{own}" if path else own


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _PROPERTIES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)
