"""True sentences about texts that spare the solver a search.

A policy compares a text with constants: it equals one, or begins with one. How two
such comparisons exclude or imply each other is plain to see, and z3 finds it only by
trying strings. Each lemma holds for every text, so adding them changes no answer.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import z3

from tests.lock.encoder import Formula


class _Comparison(NamedTuple):
    constant: str
    is_prefix: bool
    formula: Formula


def lemmas(formulas: Iterable[Formula]) -> Iterator[Formula]:
    """Relate all comparisons of one text with constants, two at a time."""
    by_text: dict[int, dict[tuple[str, bool], _Comparison]] = {}
    for text, comparison in _comparisons(formulas):
        key = (comparison.constant, comparison.is_prefix)
        by_text.setdefault(text, {})[key] = comparison
    for comparisons in by_text.values():
        for one, other in combinations(comparisons.values(), 2):
            yield from _related(one, other)
            yield from _related(other, one)


def _related(one: _Comparison, other: _Comparison) -> Iterator[Formula]:
    """Say what the first comparison means for the second."""
    if other.is_prefix and one.constant.startswith(other.constant):
        yield z3.Implies(one.formula, other.formula)
    elif not (one.is_prefix and other.constant.startswith(one.constant)):
        yield z3.Not(z3.And(one.formula, other.formula))


def _comparisons(formulas: Iterable[Formula]) -> Iterator[tuple[int, _Comparison]]:
    seen: set[int] = set()
    todo: list[Any] = list(formulas)
    while todo:
        node = todo.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        todo.extend(node.children())
        if z3.is_app_of(node, z3.Z3_OP_SEQ_PREFIX):
            constant, text = node.children()
            if z3.is_string_value(constant):
                yield text.get_id(), _Comparison(constant.as_string(), True, node)
        elif z3.is_eq(node) and any(map(z3.is_string_value, node.children())):
            constant, text = sorted(
                node.children(), key=z3.is_string_value, reverse=True
            )
            yield text.get_id(), _Comparison(constant.as_string(), False, node)
