"""One file checked against the class of its values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from private_transform.environment.images import Surroundings
from private_transform.environment.kinds import nearest
from private_transform.environment.problems import Problem, shown
from private_transform.environment.rules.breach import Breach, Partial
from private_transform.environment.values import Model
from private_transform.environment.yaml_source import Place, Source

T = TypeVar("T")

NOT_IN_THE_FILE = frozenset({"name", "transforms"})
"""Attributes that come from the names and number of the files."""

_PRIMARY: Place = ("model", "containers", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile(Generic[T]):
    """What a file holds, and what is wrong with it.

    Attributes:
        file: The file.
        source: Its content and lines, as written.
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
        return f"{self.file}:{line} {'.'.join(map(str, place))}"

    def problem(self, breach: Breach) -> Problem:
        """A breach of this file as a problem that names file, line and value."""
        return _problem(self.file, self.source, breach)


def check(
    file: Path, source: Source, kind: type[T], *, name: str, context: Surroundings
) -> CheckedFile[T]:
    """Check a file's content against the class of its value.

    Args:
        file: The file, to be named in problems.
        source: Its content.
        kind: `Environment` or `Transform`.
        name: The name that the file's place gives the value.
        context: What the meaning of named images depends on.
    """
    breaches = [
        _unknown_key((key,), kind)
        for key in source.content
        if key in NOT_IN_THE_FILE
    ]
    content = {
        key: value
        for key, value in source.content.items()
        if key not in NOT_IN_THE_FILE
    }
    content = {"name": name, **_with_containers(content)}
    try:
        value = _adapter(kind).validate_python(content, context=context)
    except ValidationError as error:
        details = error.errors(include_url=False)
        breaches += [_breach(detail, kind) for detail in details]
        value = _partial(kind, content, details, context)
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
        value=Partial({}),
        problems=(problem,),
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
