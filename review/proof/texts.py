"""How comparisons of one text with constants bear on each other.

A policy compares a text with constants: it equals one, begins with one, or matches a
pattern. That two of them exclude or imply each other is plain to see, while z3 finds
it only by trying texts. Every lemma holds for all texts; of equalities and beginnings
they say all there is to say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, permutations, product
from typing import Any, Literal

import z3

from review.proof.formulas import Formula, Text, all_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """One text compared with one constant, or with a pattern."""

    text: Text
    kind: Literal["equals", "begins", "matches"]
    constant: str
    formula: Formula


def comparisons(formulas: Iterable[Formula]) -> list[Comparison]:
    """Find every comparison of a text in some formulas."""
    found: list[Comparison] = []
    seen: set[int] = set()
    todo: list[Any] = list(formulas)
    while todo:
        node = todo.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        comparison = _comparison(node)
        if comparison is None:
            todo.extend(node.children())
        else:
            found.append(comparison)
    return found


def lemmas(found: Iterable[Comparison]) -> Iterator[Formula]:
    """Relate all comparisons of one text, two at a time."""
    known = list(found)
    for one in known:
        if one.kind == "begins" and not one.constant:
            yield one.formula
    for one, other in permutations(known, 2):
        if one.text.get_id() != other.text.get_id() or one.kind == "matches":
            continue
        if other.kind == "matches":
            if one.kind == "equals":
                matches = _at(other, one.constant)
                yield z3.Implies(one.formula, other.formula == matches)
        elif _implies(one, other):
            yield z3.Implies(one.formula, other.formula)
        elif one.kind == "equals" or not other.constant.startswith(one.constant):
            yield z3.Not(all_of([one.formula, other.formula]))


def lemmas_of_many(found: Iterable[Comparison]) -> Iterator[Formula]:
    """Say the same as `lemmas`, of each comparison once and not of each two.

    Of several solutions another one is found so: this is for whom it is enough that
    there is one.
    """
    texts: dict[int, list[Comparison]] = {}
    for one in found:
        texts.setdefault(one.text.get_id(), []).append(one)
    for alike in texts.values():
        patterns = [one for one in alike if one.kind == "matches"]
        constants = [one for one in alike if one.kind != "matches"]
        yield from _tree(constants)
        for one, other in product(constants, patterns):
            if one.kind == "equals":
                matches = _at(other, one.constant)
                yield z3.Implies(one.formula, other.formula == matches)


def _tree(constants: Iterable[Comparison]) -> Iterator[Formula]:
    """Beginnings are a tree, and equalities its leaves.

    Each implies the beginning that it continues, and of those that continue the same
    one at most one holds.
    """
    above: list[Comparison] = []
    beside: dict[int, list[Formula]] = {}

    # In this order what continues a beginning follows it.
    def place(one: Comparison) -> tuple[str, str]:
        return one.constant, one.kind

    for _, same in groupby(sorted(constants, key=place), place):
        one, *others = same
        yield from (one.formula == other.formula for other in others)
        while above and not one.constant.startswith(above[-1].constant):
            above.pop()
        if above:
            yield z3.Implies(one.formula, above[-1].formula)
        elif one.kind == "begins" and not one.constant:
            yield one.formula
        parent = above[-1].formula.get_id() if above else 0
        beside.setdefault(parent, []).append(one.formula)
        if one.kind == "begins":
            above.append(one)
    for each in beside.values():
        yield z3.AtMost(*each, 1)


def _at(comparison: Comparison, text: str) -> Formula:
    """What a comparison says of a known text."""
    known = z3.substitute(
        comparison.formula,
        (comparison.text, z3.StringVal(text, comparison.text.ctx)),
    )
    decided: Formula = z3.simplify(known)
    return decided


def _implies(one: Comparison, other: Comparison) -> bool:
    if other.kind == "begins":
        return one.constant.startswith(other.constant)
    return one.kind == "equals" and one.constant == other.constant


def likely_texts(
    found: Iterable[Comparison], true: Iterable[Comparison]
) -> list[Formula]:
    """Propose a value for each text, given which of its comparisons are true.

    An equality gives the value; otherwise it is the longest beginning and then a
    character that no constant continues with. Patterns are not looked at.
    """
    chosen = {one.text.get_id(): (False, 0, one.text == "~") for one in found}
    for one in true:
        if one.kind == "matches":
            continue
        exact = one.kind == "equals"
        value = one.constant if exact else f"{one.constant}~"
        proposal = (exact, len(value), one.text == value)
        key = one.text.get_id()
        chosen[key] = max(proposal, chosen[key], key=lambda known: known[:2])
    return [formula for _, _, formula in chosen.values()]


def _comparison(node: Any) -> Comparison | None:
    match node.kind():
        case z3.Z3_OP_SEQ_PREFIX:
            constant, text = node.children()
            return Comparison(text, "begins", constant.as_string(), node)
        case z3.Z3_OP_SEQ_IN_RE:
            text, pattern = node.children()
            return Comparison(text, "matches", pattern.sexpr(), node)
        case z3.Z3_OP_SEQ_CONTAINS:
            text, part = node.children()
            return Comparison(text, "matches", part.sexpr(), node)
        case z3.Z3_OP_EQ if z3.is_string(node.arg(0)):
            text, constant = sorted(node.children(), key=z3.is_string_value)
            return Comparison(text, "equals", constant.as_string(), node)
    return None
