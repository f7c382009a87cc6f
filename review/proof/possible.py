"""Which of many things can be asked for at all, without telling how."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import z3

from review.proof.formulas import Formula, all_of
from review.proof.patience import UndecidedError, lose_patience
from review.proof.request import Request
from review.proof.solver import bounded_solver, example
from review.proof.texts import comparisons, lemmas_of_many, likely_texts

Name = TypeVar("Name")

_AT_ONCE = 200
"""Questions of one solver, each of whose solutions says something of all comparisons.
An environment has fewer at each place."""


def possible(
    request: Request,
    questions: Mapping[Name, Formula],
    *,
    partition: str,
    account: str,
) -> dict[Name, bool]:
    """Tell for each question whether some request satisfies it.

    As in `example`, comparisons of texts are a mere yes or no at first. One solver that
    has the lemmas is asked about many; its solutions are tried with likely texts.

    Raises:
        UndecidedError: The solver gave up.
    """
    found: dict[Name, bool] = {}
    names = list(questions)
    for first in range(0, len(names), _AT_ONCE):
        some = {name: questions[name] for name in names[first : first + _AT_ONCE]}
        found |= _possible(request, some, partition=partition, account=account)
    return found


def _possible(
    request: Request,
    questions: Mapping[Name, Formula],
    *,
    partition: str,
    account: str,
) -> dict[Name, bool]:
    laws = all_of(request.laws(partition=partition, account=account))
    found = comparisons([laws, *questions.values()])
    stand_ins = [(each.formula, z3.FreshBool()) for each in found]
    one_of_each = {each.text.get_id(): each for each in found}.values()
    asked = {name: z3.FreshBool() for name in questions}
    meant = (z3.Implies(asked[name], each) for name, each in questions.items())
    solver = bounded_solver()
    known = all_of([laws, *lemmas_of_many(found), *meant])
    solver.add(z3.substitute(known, *stand_ins))

    def is_possible(name: Name) -> bool:
        lose_patience()
        answer = solver.check(asked[name])
        if answer == z3.unknown:
            raise UndecidedError(solver.reason_unknown())
        if answer == z3.unsat:
            return False
        model, question = solver.model(), questions[name]
        true = [
            comparison
            for comparison, (_, stand_in) in zip(found, stand_ins, strict=True)
            if z3.is_true(model[stand_in])
        ]
        if _holds(all_of([laws, question]), model, likely_texts(one_of_each, true)):
            return True
        known = example(request, question, partition=partition, account=account)
        return known is not None

    return {name: is_possible(name) for name in questions}


def _holds(formula: Formula, model: Any, likely: Iterable[Formula]) -> bool:
    """Whether a solution stands with likely texts; if it does not, that proves nothing.

    Only patterns can make it fail, at which likely texts do not look.
    """
    texts = [tuple(each.children()) for each in likely if z3.is_const(each.arg(0))]
    tried = model.eval(z3.substitute(formula, *texts), model_completion=True)
    return bool(z3.is_true(tried))
