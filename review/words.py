"""Words of a declaration, which have the shapes that the environment's files ask for.

Promises are kept to what is declared: a word that means nothing, or that z3 or a policy
would read as a pattern, must not decide what is looked for.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .bad_input import BadInputError

_ABSENT = object()


class Words:
    """One mapping of a declaration.

    Args:
        place: The file and where in it, to be named in errors.
        content: What stands there.

    Raises:
        BadInputError: It is no mapping. So do the methods, if a word has another shape.
    """

    def __init__(self, place: str, content: Any) -> None:
        self._place = place
        self._content: Mapping[str, Any] = content
        if not isinstance(content, dict):
            raise wrong(place, "This is a mapping.")

    def one(self, shape: Any, key: str, default: Any = _ABSENT) -> Any:
        """A word of a shape; without a default it has to be there."""
        place = f"{self._place}.{key}"
        if key not in self._content:
            if default is _ABSENT:
                raise wrong(place, "This has to be there.")
            return default
        try:
            return _adapter(shape).validate_python(self._content[key])
        except ValidationError as error:
            raise wrong(place, error.errors(include_url=False)[0]["msg"]) from None

    def inside(self, key: str) -> "Words":
        """A mapping below this one; nothing stands in one that is not there."""
        return Words(f"{self._place}.{key}", self._content.get(key, {}))

    def has(self, key: str) -> bool:
        """Whether something stands below a key."""
        return key in self._content

    def each(self, key: str) -> Iterator["Words"]:
        """The mappings of a list below this one."""
        place, found = f"{self._place}.{key}", self._content.get(key, [])
        if not isinstance(found, list):
            raise wrong(place, "This is a list.")
        for number, content in enumerate(found):
            yield Words(f"{place}[{number}]", content)


def wrong(place: str, rule: str) -> BadInputError:
    """What is wrong with a declaration, and what to do."""
    return BadInputError(
        place, rule, "Synthesize it anew: the stack writes it from the YAML file."
    )


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
