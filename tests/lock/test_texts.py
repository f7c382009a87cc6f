from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest
import z3

from review.proof.formulas import Formula
from review.proof.texts import Comparison, comparisons, lemmas, lemmas_of_many

Lemmas = Callable[[Iterable[Comparison]], Iterator[Formula]]
pytestmark = pytest.mark.parametrize("of", [lemmas, lemmas_of_many])

TEXT = z3.String("text")
CONSTANTS = [z3.StringVal(text) for text in ("", "a", "ab", "b", "abc")]
COMPARED = [
    *(constant == TEXT for constant in CONSTANTS),
    *(z3.PrefixOf(constant, TEXT) for constant in CONSTANTS),
]
PATTERNS = [
    z3.Contains(TEXT, z3.StringVal("b")),
    z3.InRe(
        TEXT,
        z3.Concat(z3.Re(z3.StringVal("a")), z3.AllChar(z3.ReSort(z3.StringSort()))),
    ),
]


def test_every_lemma_holds_for_every_text(of: Lemmas) -> None:
    mirrored = [z3.StringVal("ab").__eq__(TEXT), TEXT.__eq__(z3.StringVal("ab"))]
    solver = z3.Solver()
    found = comparisons([*COMPARED, *PATTERNS, *mirrored])
    solver.add(z3.Not(z3.And(list(of(found)))))
    assert solver.check() == z3.unsat


def test_a_text_that_is_known_decides_every_pattern(of: Lemmas) -> None:
    for constant in CONSTANTS:
        for pattern in PATTERNS:
            found = comparisons([constant == TEXT, pattern])
            stand_ins = [(comparison.formula, z3.FreshBool()) for comparison in found]
            without = z3.Solver()
            without.add([z3.substitute(lemma, *stand_ins) for lemma in of(found)])
            for chosen in (
                z3.And(constant == TEXT, pattern),
                z3.And(constant == TEXT, z3.Not(pattern)),
            ):
                with_texts = z3.Solver()
                with_texts.add(chosen)
                answer = without.check(z3.substitute(chosen, *stand_ins))
                assert with_texts.check() == answer, chosen


def test_lemmas_decide_every_pair_of_comparisons_as_texts_do(of: Lemmas) -> None:
    found = comparisons(COMPARED)
    stand_ins = [(comparison.formula, z3.FreshBool()) for comparison in found]
    without = z3.Solver()
    without.add([z3.substitute(lemma, *stand_ins) for lemma in of(found)])
    for one, other in product(COMPARED, repeat=2):
        for chosen in (z3.And(one, other), z3.And(one, z3.Not(other))):
            with_texts = z3.Solver()
            with_texts.add(chosen)
            answer = without.check(z3.substitute(chosen, *stand_ins))
            assert with_texts.check() == answer, chosen
