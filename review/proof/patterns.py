"""Patterns with `*` and `?`: what matches, in formulas and in texts.

Source: AWS: IAM JSON policy elements: Condition operators.
"""

import fnmatch
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import z3

from review.plain import listed

from .formulas import Formula, Text, UnsupportedPolicyError, all_of, literal

_ANY_CHARACTER = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Intersect(_ANY_CHARACTER, z3.Complement(z3.Re(literal(":"))))


def like(text: Text, pattern: str) -> Formula:
    """The text matches a pattern with `*` and `?`."""
    if not re.search(r"[*?]", pattern):
        return text == literal(pattern)
    if re.fullmatch(r"[^*?]*\*", pattern):
        return z3.PrefixOf(literal(pattern[:-1]), text)
    # That it begins so follows from the pattern, and is what lemmas can speak of.
    beginning = re.split(r"[*?]", pattern, maxsplit=1)[0]
    return all_of(
        [
            z3.PrefixOf(literal(beginning), text),
            z3.InRe(text, _expression(pattern, _ANY_CHARACTER)),
        ]
    )


def arn_like(text: Text, pattern: str) -> Formula:
    """The text matches an ARN pattern, whose wildcards stay within their part."""
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        raise UnsupportedPolicyError(f"{pattern!r} is not an ARN pattern of six parts")
    if not re.search(r"[*?]", "".join(parts[:5])):
        return like(text, pattern)
    expressions = [_expression(f"{part}:", _NO_COLON) for part in parts[:5]]
    return z3.InRe(text, z3.Concat(*expressions, _expression(parts[5], _ANY_CHARACTER)))


def _expression(pattern: str, character: Any) -> Any:
    """Turn a pattern into a regular expression whose wildcards match `character`."""
    pieces = [
        z3.Star(character)
        if piece == "*"
        else character
        if piece == "?"
        else z3.Re(literal(piece))
        for piece in re.findall(r"\*|\?|[^*?]+", pattern)
    ]
    if not pieces:
        return z3.Re(literal(""))
    return pieces[0] if len(pieces) == 1 else z3.Concat(*pieces)


def names_action(patterns: str | Sequence[str], action: str) -> bool:
    """Whether a statement's Action or NotAction is about this action."""
    return _names_action(tuple(listed(patterns)), action)


@cache
def _names_action(patterns: tuple[str, ...], action: str) -> bool:
    # Asked for every action of the catalogue, of the same few lists.
    return any(matcher(pattern.lower()).match(action.lower()) for pattern in patterns)


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern with `*` and `?` that is never tried twice at one place."""
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
