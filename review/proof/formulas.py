"""Formulas of the prover, and how they are joined."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import z3

Formula: TypeAlias = z3.BoolRef
Text: TypeAlias = z3.SeqRef


TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)


_LAST_CHARACTER = 0x2FFFF
"""What z3 has of Unicode."""


class UnsupportedPolicyError(ValueError):
    """A document says something that the encoding cannot say exactly."""


def literal(text: str) -> Text:
    """Exactly this text: z3 reads a backslash as the beginning of an escape.

    Raises:
        UnsupportedPolicyError: z3 has not all of its characters.
    """
    if any(ord(character) > _LAST_CHARACTER for character in text):
        raise UnsupportedPolicyError(f"a character that no name has: {text!r}")
    return z3.StringVal(text.replace("\\", "\\u{5c}"))


def any_of(formulas: Iterable[Formula]) -> Formula:
    """At least one holds; none holds when there are none."""
    return _joined(z3.Z3_mk_or, list(formulas), FALSE)


def all_of(formulas: Iterable[Formula]) -> Formula:
    """Every one holds; all hold when there are none."""
    return _joined(z3.Z3_mk_and, list(formulas), TRUE)


def _joined(join: Any, formulas: list[Formula], of_none: Formula) -> Formula:
    # `z3.And` and `z3.Or` do the same, and take nine times as long to look at types.
    if not formulas:
        return of_none
    context = formulas[0].ctx
    operands = (z3.Ast * len(formulas))(*(each.as_ast() for each in formulas))
    return z3.BoolRef(join(context.ref(), len(formulas), operands), context)
