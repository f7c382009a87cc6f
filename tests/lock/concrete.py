"""One given request, decided by the encoding and by a second evaluator.

The second evaluator is MiniStack's. It shares nothing with the encoding but AWS's
documentation; of its own knowledge of condition keys nothing is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import z3
from ministack.core import iam_evaluator

from private_transform.lock import Document
from review.proof.formulas import Formula
from review.proof.request import Request
from tests.lock.sites import ACCOUNT, REGION


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request with all its condition keys; those it does not name are absent."""

    action: str
    resource: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    service: str | None = None

    @property
    def context(self) -> dict[str, Any]:
        """The condition keys, spelled alike."""
        return {key.lower(): value for key, value in self.keys.items()}


def by_encoding(
    formula: Formula, request: Request, case: Case, object_key: str
) -> bool:
    """Decide a formula about `request` for one case."""
    context = case.context
    chosen: list[tuple[Any, Any]] = [
        (request.object_key, z3.StringVal(object_key)),
        (request.by_service, z3.BoolVal(case.service is not None)),
        (request.anonymous, z3.BoolVal(not case.service and not _caller(case))),
    ]
    for key, (present, value) in request.keys.items():
        chosen.append((present, z3.BoolVal(key in context)))
        if value is not None:
            chosen.append((value, _constant(value, context.get(key))))
    for (key, member), holds in request.members.items():
        chosen.append((holds, z3.BoolVal(member in context.get(key, ()))))
    for (key, values), more in request.remainders.items():
        more_values = set(context.get(key, ())) - values
        chosen.append((more, z3.BoolVal(bool(more_values))))
    decided = z3.simplify(z3.substitute(formula, *chosen))
    if not (z3.is_true(decided) or z3.is_false(decided)):
        raise AssertionError(f"undecided: {decided}")
    return bool(z3.is_true(decided))


def by_evaluator(document: Document, case: Case) -> str:
    """Decide a resource's policy: Allow, Deny or ImplicitDeny."""
    decision = iam_evaluator.evaluate_resource_policy(
        document, _evaluated(case), service=case.service
    ).decision
    return str(decision)


def by_identity_policy(document: Document, case: Case) -> str:
    """Decide a role's own policy: Allow, Deny or ImplicitDeny."""
    statements = iam_evaluator.parse_policy_document(document)
    return str(iam_evaluator.evaluate(_evaluated(case), [statements]).decision)


def key_of(case_key: str, context: Any) -> Any:
    """Answer the evaluator's question for a condition key from the case alone."""
    return context.service_context.get(case_key.lower())


def _evaluated(case: Case) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=_caller(case),
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=case.action,
        resource_arn=case.resource,
        region=REGION,
        service_context=case.context,
    )


def _caller(case: Case) -> str:
    return str(case.context.get("aws:principalarn", ""))


def _constant(variable: Any, value: Any) -> Any:
    if z3.is_bool(variable):
        return z3.BoolVal(str(value).lower() == "true")
    if z3.is_real(variable):
        return z3.RealVal(value or "0")
    return z3.StringVal(value or "")
