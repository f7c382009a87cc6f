from itertools import product

import z3

from tests.lock.texts import comparisons, lemmas

TEXT = z3.String("text")
CONSTANTS = ("", "a", "ab", "abc", "b", "role/x", "role/x/", "role/y")
COMPARED = [
    *(TEXT == z3.StringVal(constant) for constant in CONSTANTS),
    *(z3.StringVal(constant) == TEXT for constant in CONSTANTS),
    *(z3.PrefixOf(z3.StringVal(constant), TEXT) for constant in CONSTANTS),
]


def test_every_lemma_holds_for_every_text() -> None:
    solver = z3.Solver()
    solver.add(z3.Not(z3.And(list(lemmas(comparisons(COMPARED))))))
    assert solver.check() == z3.unsat


def test_lemmas_decide_every_pair_of_comparisons_as_texts_do() -> None:
    found = comparisons(COMPARED)
    known = list(lemmas(found))
    stand_ins = [(comparison.formula, z3.FreshBool()) for comparison in found]
    for one, other in product(found, repeat=2):
        for chosen in (
            z3.And(one.formula, other.formula),
            z3.And(one.formula, z3.Not(other.formula)),
        ):
            with_texts, without = z3.Solver(), z3.Solver()
            with_texts.add(chosen)
            without.add(*(z3.substitute(f, *stand_ins) for f in (chosen, *known)))
            assert with_texts.check() == without.check(), chosen
