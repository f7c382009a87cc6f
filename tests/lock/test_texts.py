from itertools import product

import z3

from review.proof.texts import comparisons, lemmas

TEXT = z3.String("text")
CONSTANTS = [z3.StringVal(text) for text in ("", "a", "ab", "b", "abc")]
COMPARED = [
    *(constant == TEXT for constant in CONSTANTS),
    *(z3.PrefixOf(constant, TEXT) for constant in CONSTANTS),
]


def test_every_lemma_holds_for_every_text() -> None:
    mirrored = [z3.StringVal("ab").__eq__(TEXT), TEXT.__eq__(z3.StringVal("ab"))]
    solver = z3.Solver()
    solver.add(z3.Not(z3.And(list(lemmas(comparisons([*COMPARED, *mirrored]))))))
    assert solver.check() == z3.unsat


def test_lemmas_decide_every_pair_of_comparisons_as_texts_do() -> None:
    found = comparisons(COMPARED)
    stand_ins = [(comparison.formula, z3.FreshBool()) for comparison in found]
    without = z3.Solver()
    without.add([z3.substitute(lemma, *stand_ins) for lemma in lemmas(found)])
    for one, other in product(COMPARED, repeat=2):
        for chosen in (z3.And(one, other), z3.And(one, z3.Not(other))):
            with_texts = z3.Solver()
            with_texts.add(chosen)
            answer = without.check(z3.substitute(chosen, *stand_ins))
            assert with_texts.check() == answer, chosen
