"""Ask z3 for one request that a formula describes, and tell it in words."""

from typing import Any

import z3

from tests.lock.encoder import Formula, Request
from tests.lock.lemmas import lemmas

TIMEOUT_SECONDS = 60


class UndecidedError(RuntimeError):
    """The solver gave up; that proves nothing in either direction."""


def example(
    request: Request, *formulas: Formula, partition: str, account: str
) -> dict[str, Any] | None:
    """Find a request that satisfies all formulas; None if provably none exists.

    Raises:
        UndecidedError: The solver gave up.
    """
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_SECONDS * 1000)
    known = [*formulas, *request.laws(partition=partition, account=account)]
    solver.add(*known, *lemmas(known))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer == z3.unknown:
        raise UndecidedError(solver.reason_unknown())
    return _described(request, solver.model())


def _described(request: Request, model: Any) -> dict[str, Any]:
    def evaluated(formula: Any) -> Any:
        return model.eval(formula, model_completion=True)

    def holds(formula: Formula) -> bool:
        return bool(z3.is_true(evaluated(formula)))

    described: dict[str, Any] = {
        "object key": evaluated(request.object_key).as_string()
    }
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
            else str(evaluated(value)).strip('"')
        )
    return described
