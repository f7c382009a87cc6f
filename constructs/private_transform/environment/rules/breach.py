"""What a rule says when it is broken, and what it does about what is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from private_transform.environment.yaml_source import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A broken rule, at a place of one file.

    Attributes:
        place: The keys that lead to the value.
        rule: The rule, in a sentence.
        fix: What probably mends it.
        secret: Whether the value must not be shown.
    """

    place: Place
    rule: str
    fix: str = ""
    secret: bool = False


class UnknownSectionError(Exception):
    """A rule asked for a section that could not be read."""


class Partial:
    """What could be read of a file that breaks rules of single values.

    It stands in for the whole value, so that the other rules are still checked and
    a person sees every problem at once. A rule that asks for a section that could
    not be read has nothing to say.
    """

    def __init__(self, sections: Mapping[str, Any]) -> None:
        self.__dict__.update(sections)

    def __getattr__(self, section: str) -> Any:
        """Say that a section could not be read."""
        raise UnknownSectionError(section)
