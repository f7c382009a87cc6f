"""Actions about which statements say the same are one question."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from review.plain import listed
from review.proof.patterns import names_action


def speaks_of(statement: Mapping[str, Any], action: str) -> bool:
    """Whether a statement is about an action."""
    return action in spoken_of(statement, (action,))


def spoken_of(statement: Mapping[str, Any], actions: tuple[str, ...]) -> frozenset[str]:
    """Those of some actions that a statement is about."""
    key = "Action" if "Action" in statement else "NotAction"
    named = _named(tuple(map(str, listed(statement.get(key, [])))), actions)
    return named if key == "Action" else frozenset(actions) - named


@cache
def _named(patterns: tuple[str, ...], actions: tuple[str, ...]) -> frozenset[str]:
    # The same lists stand in many policies, on both sides.
    return frozenset(each for each in actions if names_action(patterns, each))


def representatives(
    statements: Sequence[Mapping[str, Any]], actions: Iterable[str]
) -> list[str]:
    """One action for each set of statements that speak of it; none for no statement."""
    asked = tuple(actions)
    spoken = [spoken_of(statement, asked) for statement in statements]
    first: dict[tuple[bool, ...], str] = {}
    for action in asked:
        first.setdefault(tuple(action in each for each in spoken), action)
    return [action for said, action in first.items() if any(said)]
