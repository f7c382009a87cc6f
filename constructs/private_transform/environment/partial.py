"""What could be read of a file that breaks rules of single values.

It stands in for the whole value, so that the other rules are still checked and a
person sees every problem at once. A rule that asks for a key that could not be read
has nothing to say; every other rule has.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import FunctionType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter

from private_transform.environment.yaml_source import Place

T = TypeVar("T")
V = TypeVar("V")


class UnknownKeyError(Exception):
    """A rule asked for a key that could not be read."""


class Partial:
    """An instance of a class of which only some attributes are known.

    Methods and properties are those of the class, and know as much.
    """

    def __init__(self, kind: type, attributes: Mapping[str, Any]) -> None:
        self.__dict__.update(attributes)
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        """Find a method or property, or say that a key could not be read."""
        own = vars(self._kind).get(name)
        if isinstance(own, FunctionType | property):
            return own.__get__(self)
        raise UnknownKeyError(name)


def known(entries: Iterable[T], read: Callable[[T], V]) -> Iterator[tuple[int, V]]:
    """Position and value of each entry of a list in which the value could be read."""
    for position, entry in enumerate(entries):
        with suppress(UnknownKeyError):
            yield position, read(entry)


def read_around(
    kind: type[T],
    content: Mapping[str, Any],
    wrong: Sequence[Place],
    context: object = None,
) -> T:
    """Read a mapping of a file, but for what is wrong in it.

    Args:
        kind: The class of its value.
        content: The mapping.
        wrong: The places of its errors.
        context: What the meaning of its values depends on.

    Returns:
        A `Partial` of the class. A key without errors has its value or its default.
        One with errors inside is read around them in turn, if it holds a section, a
        list of sections, or a mapping of text to text.
    """
    read: dict[str, Any] = {}
    for field in fields(cast(Any, kind)):
        inside = _inside(wrong, field.name)
        if inside:
            with suppress(UnknownKeyError):
                hint = get_type_hints(kind)[field.name]
                written = content.get(field.name)
                read[field.name] = _around(class_in(hint), written, inside, context)
        elif field.name in content:
            adapter = _key_adapter(cast(Any, kind), field.name)
            read[field.name] = adapter.validate_python(
                content[field.name], context=context
            )
        elif field.default is not MISSING:
            read[field.name] = field.default
        elif field.default_factory is not MISSING:
            read[field.name] = field.default_factory()
    return cast(T, Partial(kind, read))


def class_in(hint: Any) -> Any:
    """The dataclass inside `X | None` or `tuple[X, ...]`."""
    inner = [part for part in get_args(hint) if is_dataclass(part)]
    return inner[0] if inner else hint


def _around(kind: Any, written: Any, wrong: Sequence[Place], context: object) -> Any:
    if () in wrong:
        raise UnknownKeyError
    if not is_dataclass(kind):
        return _texts(written, wrong)
    if isinstance(written, dict):
        return read_around(cast(Any, kind), written, wrong, context)
    return tuple(
        _entry(kind, entry, _inside(wrong, position), context)
        for position, entry in enumerate(written)
    )


def _texts(written: Any, wrong: Sequence[Place]) -> Mapping[str, str]:
    """The entries without errors of a mapping of text to text."""
    if not isinstance(written, dict):
        raise UnknownKeyError
    return {key: text for key, text in written.items() if not _inside(wrong, key)}


def _entry(kind: Any, written: Any, wrong: Sequence[Place], context: object) -> Any:
    """An entry of a list, which keeps its position even if nothing of it is known."""
    if not wrong:
        return _adapter(kind).validate_python(written, context=context)
    if () in wrong:
        return Partial(kind, {})
    return read_around(kind, written, wrong, context)


def _inside(wrong: Sequence[Place], step: str | int) -> list[Place]:
    return [place[1:] for place in wrong if place[:1] == (step,)]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _key_adapter(kind: Any, key: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(kind, include_extras=True)[key])
