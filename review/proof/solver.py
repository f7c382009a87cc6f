"""Ask z3 for one request that formulas describe, and tell it in words."""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, TypeAlias

import z3

from review.proof.formulas import Formula, all_of, any_of
from review.proof.patience import UndecidedError, lose_patience
from review.proof.request import Request
from review.proof.texts import Comparison, comparisons, lemmas, likely_texts

_EFFORT = 100_000_000
"""z3's own measure, for one question: the same on every machine. Ours take 400,000."""

_TIMEOUT_SECONDS = 60
"""For what z3 does not measure; the effort above takes half of it."""

_COMPARISONS_LIMIT = 300
"""Comparisons in one question, each of which is related to each other; ours have 30."""

_Example: TypeAlias = dict[str, Any] | None

_ANSWERED: dict[tuple[int, ...], tuple[list[Formula], _Example]] = {}
"""Answers by the ids of their questions' formulas, which are kept with them: both sides
ask the same, and so do policies that say the same.

As long as a formula is kept, an equal one is the same to z3, and no other has its id.
"""


def example(
    request: Request, *formulas: Formula, partition: str, account: str
) -> _Example:
    """Find a request that satisfies all formulas; None if provably none exists.

    First every comparison of a text counts as a mere yes or no, bound by the lemmas.
    What has no solution then has none at all; a solution proposes the texts.

    Raises:
        UndecidedError: The solver gave up.
    """
    lose_patience()
    shared = [*formulas, *request.laws(partition=partition, account=account)]
    question = tuple(formula.get_id() for formula in shared)
    if question not in _ANSWERED:
        _ANSWERED[question] = shared, _example(request, shared)
    _, known = _ANSWERED[question]
    return None if known is None else dict(known)


def _example(request: Request, shared: Sequence[Formula]) -> _Example:
    asked = comparisons(shared)
    if len(asked) > _COMPARISONS_LIMIT:
        raise UndecidedError(f"{len(asked)} comparisons are too many for one question")
    if _true_comparisons(shared, asked) is None:
        return None
    # Which solution z3 finds depends on everything that it was asked before; in a
    # context of its own, on the question alone.
    context = z3.Context()
    known = [formula.translate(context) for formula in shared]
    found = comparisons(known)
    true = _true_comparisons(known, found)
    if true is None:
        return None
    model = _model([*known, *likely_texts(found, true)])
    if model is None:
        model = _model(known)
    return None if model is None else _described(request, model)


def first_example(
    request: Request,
    formulas: Iterable[tuple[str, Formula]],
    *,
    partition: str,
    account: str,
) -> tuple[str, dict[str, Any]] | None:
    """Find a request that satisfies one of several formulas, and the name of that one.

    Mostly none can be satisfied, so all are asked about at once before each alone.

    Raises:
        UndecidedError: The solver gave up.
    """
    named = [(name, formula) for name, formula in formulas if not z3.is_false(formula)]
    ask = partial(example, request, partition=partition, account=account)
    # Equal formulas are one: of most actions the same is asked.
    different = [*{formula.get_id(): formula for _, formula in named}.values()]
    if ask(different[0] if len(different) == 1 else any_of(different)) is None:
        return None
    for name, formula in named:
        found = ask(formula)
        if found is not None:
            return name, found
    raise UndecidedError("all together have a solution, and none has one")


def _true_comparisons(
    known: Iterable[Formula], found: Iterable[Comparison]
) -> list[Comparison] | None:
    """Choose the comparisons that are true, as far as the lemmas can tell."""
    stand_ins = [
        (comparison.formula, z3.FreshBool(ctx=comparison.formula.ctx))
        for comparison in found
    ]
    # All at once: each substitution hands over every stand-in anew.
    asked = all_of([*known, *lemmas(found)])
    model = _model([z3.substitute(asked, *stand_ins)])
    if model is None:
        return None
    return [
        comparison
        for comparison, (_, stand_in) in zip(found, stand_ins, strict=True)
        if z3.is_true(model.eval(stand_in))
    ]


def bounded_solver(context: Any = None) -> Any:
    """A solver that gives up, where others would go on for hours."""
    solver = z3.Solver(ctx=context)
    solver.set("rlimit", _EFFORT)
    solver.set("timeout", _TIMEOUT_SECONDS * 1000)
    return solver


def _model(formulas: Sequence[Formula]) -> Any:
    solver = bounded_solver(formulas[0].ctx)
    solver.add(*formulas)
    match str(solver.check()):
        case "sat":
            return solver.model()
        case "unsat":
            return None
    raise UndecidedError(solver.reason_unknown())


def _described(request: Request, model: Any) -> dict[str, Any]:
    def evaluated(formula: Any) -> Any:
        return model.eval(formula.translate(model.ctx), model_completion=True)

    def holds(formula: Formula) -> bool:
        return bool(z3.is_true(evaluated(formula)))

    described: dict[str, Any] = {"object key": _text(evaluated(request.object_key))}
    if holds(request.anonymous):
        described["principal"] = "anonymous"
    for key, (present, value) in request.keys.items():
        if not holds(present):
            continue
        described[key] = (
            [
                member
                for (name, member), contained in request.members.items()
                if name == key and holds(contained)
            ]
            if value is None
            else _text(evaluated(value))
        )
    return described


def _text(value: Any) -> str:
    """A value as text: z3 escapes what is not of ASCII."""
    text = value.as_string() if z3.is_string_value(value) else str(value)
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)
