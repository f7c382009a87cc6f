"""What SQLGlot reads for Athena's SQL though Trino's grammar does not have it.

Trino: SELECT.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from rehearsal.athena.errors import QueryFailed

_BEGINNINGS: Final = (TokenType.L_PAREN, TokenType.SELECT, TokenType.WITH)
_OPERATORS: Final = (
    *(exp.Add, exp.And, exp.Dot, exp.DPipe, exp.Div, exp.EQ, exp.Escape, exp.GT),
    *(exp.GTE, exp.Is, exp.Like, exp.LT, exp.LTE, exp.Mod, exp.Mul, exp.NEQ),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Sub),
)
_AFTER_A_COMMA: Final = (TokenType.FROM, TokenType.R_PAREN)
_JOINS: Final = ("", "CROSS", "INNER", "OUTER")


def require_trino(sql: str, query: exp.Query) -> None:
    """Refuse what only others than Trino understand.

    Args:
        sql: The statement.
        query: The same, as SQLGlot reads it.

    Raises:
        QueryFailed: It holds something of that kind.
    """
    found = [*_foreign_tokens(sqlglot.tokenize(sql, read="athena"))]
    found += [what for node in query.walk() for what, holds in _FOREIGN if holds(node)]
    if found:
        raise QueryFailed(f"SYNTAX_ERROR: Trino does not know {found[0]}")


def _foreign_tokens(tokens: list[Token]) -> Iterator[str]:
    if tokens[0].token_type not in _BEGINNINGS:
        yield f"a query that begins with {tokens[0].text}"
    for token in tokens:
        if token.token_type in (TokenType.DCOLON, TokenType.RLIKE):
            yield token.text
        if token.token_type == TokenType.EQ and token.text != "=":
            yield token.text
    for one, next_one in pairwise(tokens):
        ends = next_one.token_type in _AFTER_A_COMMA
        if one.token_type == TokenType.COMMA and ends:
            yield f"a comma before {next_one.text}"
        if one.token_type == next_one.token_type == TokenType.STRING:
            yield "texts that follow one another"
    for first, _, third in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (first.token_type, third.token_type) == (TokenType.LIMIT, TokenType.OFFSET):
            yield "LIMIT before OFFSET"


def _is_operator(node: exp.Expr) -> bool:
    return isinstance(node, exp.Binary) and not isinstance(
        node, (*_OPERATORS, exp.Func)
    )


def _is_join(node: exp.Expr) -> bool:
    return isinstance(node, exp.Join) and (
        node.kind not in _JOINS or _has(node, "method")
    )


def _is_distinct(node: exp.Expr) -> bool:
    return isinstance(node, exp.Distinct) and (
        _has(node, "on") or len(node.expressions) > 1
    )


def _with(kind: type[exp.Expr], *settings: str) -> Callable[[exp.Expr], bool]:
    """Whether a node of a kind has one of these settings."""
    return lambda node: isinstance(node, kind) and _has(node, *settings)


def _has(node: exp.Expr, *settings: str) -> bool:
    return any(node.args.get(setting) for setting in settings)


_FOREIGN: Final = (
    ("this operator", _is_operator),
    ("this kind of JOIN", _is_join),
    ("this DISTINCT", _is_distinct),
    ("columns but some", _with(exp.Star, "except_", "replace", "rename", "ilike")),
    ("GROUP BY ALL", _with(exp.Group, "all")),
    ("BY NAME", _with(exp.SetOperation, "by_name")),
    ("a limit in percent", _with(exp.LimitOptions, "percent")),
)
