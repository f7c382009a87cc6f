"""One file checked against the class of its values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from private_transform.environment.images import Surroundings
from private_transform.environment.kinds import nearest
from private_transform.environment.partial import Partial, class_in, read_around
from private_transform.environment.problems import Problem, shown
from private_transform.environment.rules.breach import Breach
from private_transform.environment.rules.literal_text import replaced_text
from private_transform.environment.values import Model
from private_transform.environment.yaml_source import Place, Source

T = TypeVar("T")

NOT_IN_THE_FILE = frozenset({"name", "transforms"})
"""Attributes that come from the names and number of the files."""

PRIMARY_KEY = "primary_container"
"""A file's name for the container of a model that has one."""

_PRIMARY: Place = ("model", "containers", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile(Generic[T]):
    """What a file holds, and what is wrong with it.

    Attributes:
        file: The file.
        source: Its name, and its content and lines as written.
        value: The whole value; or, if something is wrong, a `Partial` of it.
        problems: What is wrong with single values.
    """

    file: Path
    source: Source
    value: T
    problems: tuple[Problem, ...]

    def where(self, place: Place) -> str:
        """File, line and keys of a place, to be named in another file's problem."""
        line = self.source.line(_as_written(place, self.source.content))
        return f"{self.file}:{line} {_dotted(place)}"

    def problem(self, breach: Breach) -> Problem:
        """A breach of this file as a problem that names file, line and value."""
        return _problem(self.file, self.source, breach)


def check(
    file: Path,
    source: Source,
    kind: type[T],
    *,
    name: str,
    surroundings: Surroundings | None = None,
) -> CheckedFile[T]:
    """Check a file's content against the class of its value.

    Args:
        file: The file, to be named in problems.
        source: Its content.
        kind: `Environment` or `Transform`.
        name: The name that the file's place gives the value.
        surroundings: What the meaning of named images depends on, in a transform.
    """
    breaches = [
        _unknown_key((key,), kind) for key in source.content if key in NOT_IN_THE_FILE
    ]
    content = {
        key: value
        for key, value in source.content.items()
        if key not in NOT_IN_THE_FILE
    }
    breaches += replaced_text(source.content)
    content = {"name": name, **_with_containers(content)}
    source = replace(source, content={"name": name, **source.content})
    try:
        value = _adapter(cast(Any, kind)).validate_python(content, context=surroundings)
    except ValidationError as error:
        details = error.errors(include_url=False)
        breaches += [_breach(detail, kind) for detail in details]
        wrong = [detail["loc"] for detail in details]
        value = read_around(kind, content, wrong, surroundings)
    said = {_as_written(breach.place, source.content) for breach in breaches}
    breaches += [
        _without_value(place) for place in _empty(source.content) if place not in said
    ]
    return CheckedFile(
        file=file,
        source=source,
        value=value,
        problems=tuple(_problem(file, source, breach) for breach in breaches),
    )


def unread(file: Path, problem: Problem) -> CheckedFile[Any]:
    """A file of which nothing could be read."""
    return CheckedFile(
        file=file,
        source=Source(content={}, lines={}),
        value=Partial(object, {}),
        problems=(problem,),
    )


def _empty(value: Any, place: Place = ()) -> Iterator[Place]:
    """Keys without a value: whoever comments out all below one may not mean that."""
    if value is None:
        yield place
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _empty(each, (*place, key))


def _without_value(place: Place) -> Breach:
    return Breach(
        place=place,
        rule="This key has no value.",
        fix="Give it one, or remove the key.",
    )


def _problem(file: Path, source: Source, breach: Breach) -> Problem:
    place = _as_written(breach.place, source.content)
    value: Any = source.content
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
    return Problem(
        file=file,
        line=source.line(place),
        path=_dotted(place),
        value="(not shown)" if breach.secret else shown(value),
        rule=breach.rule,
        fix=breach.fix,
    )


def _as_written(place: Place, content: Mapping[str, Any]) -> Place:
    """The place in the file: one container stands under `primary_container` there."""
    model = content.get("model")
    if place[:3] == _PRIMARY and isinstance(model, dict) and PRIMARY_KEY in model:
        return ("model", PRIMARY_KEY, *place[3:])
    return place


def _with_containers(content: dict[str, Any]) -> dict[str, Any]:
    """The content with `primary_container` as the only one of `containers`."""
    model = content.get("model")
    if not isinstance(model, dict) or PRIMARY_KEY not in model:
        return content
    others = {key: value for key, value in model.items() if key != PRIMARY_KEY}
    if "containers" in others:
        return content
    return {**content, "model": {**others, "containers": [model[PRIMARY_KEY]]}}


def _dotted(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _breach(detail: ErrorDetails, kind: Any) -> Breach:
    """One of pydantic's errors in our words."""
    place = detail["loc"][:-1] if detail["loc"][-1] == "[key]" else detail["loc"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "rule":
            return Breach(place=place, rule=context["rule"], fix=context["fix"])
        case "unexpected_keyword_argument" if place == ("model", PRIMARY_KEY):
            return Breach(
                place=place,
                rule="A model has a primary_container or containers, not both.",
                fix="Move it to the front of containers, or remove one of the two.",
            )
        case "unexpected_keyword_argument":
            return _unknown_key(place, kind)
        case "missing" if place == ("model", "containers"):
            return Breach(
                place=place, rule="A model has a primary_container, or containers."
            )
        case "missing":
            return Breach(place=place, rule="This key is required.")
        case _ if detail["input"] is None:
            return _without_value(place)
        case "literal_error":
            words = re.findall("'([^']*)'", context["expected"])
            return Breach(
                place=place,
                rule=f"This is one of {', '.join(words)}.",
                fix=nearest(str(detail["input"]), words),
            )
        case "string_type":
            return Breach(place=place, rule="This is one value, not several.")
        case "tuple_type":
            return Breach(place=place, rule="This is a list.", fix="Write [one, two].")
        case _:
            return Breach(
                place=place,
                rule="This holds keys and values.",
                fix="Write {key: value}.",
            )


def _unknown_key(place: Place, kind: Any) -> Breach:
    known = _keys(kind, place[:-1])
    return Breach(
        place=place,
        rule="There is no such key here.",
        fix=nearest(str(place[-1]), known) or f"Known: {', '.join(known)}.",
    )


def _keys(kind: Any, place: Place) -> list[str]:
    """The keys that a file may hold at a place."""
    for step in place:
        if isinstance(step, str):
            kind = class_in(get_type_hints(kind)[step])
    known = [field.name for field in fields(kind) if field.name not in NOT_IN_THE_FILE]
    return [PRIMARY_KEY, *known] if kind is Model else known
