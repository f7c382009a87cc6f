"""Policy documents as formulas: for which requests does a document speak?

The action is known; the principal, the network, the headers and the object's key are
not. Every condition key may be absent. The encoding is exact: an operator, principal
or pattern that it does not know stops it, so silence is never taken for consent.

Not encoded: service control policies, boundaries and session policies (they only
narrow), grants, and NotPrincipal.

Source: AWS: IAM JSON policy elements: Condition operators; IAM JSON policy elements:
Effect of missing context keys in negated operators; Set operators for multivalued
context keys.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

from review.plain import listed

from .conditions import condition
from .formulas import (
    FALSE,
    TRUE,
    Formula,
    Text,
    UnsupportedPolicyError,
    all_of,
    any_of,
    literal,
)
from .patience import lose_patience
from .patterns import like, matcher, names_action
from .request import Request

Document: TypeAlias = Mapping[str, Any]


_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """An ARN: a known beginning and, perhaps, an unknown rest."""

    beginning: str
    rest: Text | None = None


class Reading:
    """One document, read for requests at one resource, whatever their action.

    Args:
        request: The request; readings of the same one may be combined.
        document: A policy of any kind.
        resource: What the request is about.

    Raises:
        UndecidedError: The review has taken too long.
        UnsupportedPolicyError: The document cannot be encoded exactly.
    """

    def __init__(
        self, request: Request, document: Document, resource: Resource
    ) -> None:
        lose_patience()
        # AWS: IAM policy elements: Variables and tags.
        if "${" in json.dumps(document):
            raise UnsupportedPolicyError("a policy variable")
        self._statements = [
            (statement, _read(request, statement, resource))
            for statement in document["Statement"]
        ]
        self._spoken_by: dict[tuple[int, ...], Formula] = {}
        self._said: dict[tuple[str, str], Formula] = {}

    def denies(self, action: str) -> Formula:
        """Some statement denies the request."""
        return self._spoken("Deny", action)

    def allows(self, action: str) -> Formula:
        """Some statement allows the request and none denies it."""
        return all_of([self._spoken("Allow", action), z3.Not(self.denies(action))])

    def _spoken(self, effect: str, action: str) -> Formula:
        if (effect, action) not in self._said:
            # Most actions are spoken of by the same statements.
            numbers = tuple(
                number
                for number, (statement, _) in enumerate(self._statements)
                if statement["Effect"] == effect and _about(statement, action)
            )
            if numbers not in self._spoken_by:
                spoken = (self._statements[number][1] for number in numbers)
                self._spoken_by[numbers] = any_of(spoken)
            self._said[effect, action] = self._spoken_by[numbers]
        return self._said[effect, action]


def _read(
    request: Request, statement: Mapping[str, Any], resource: Resource
) -> Formula:
    if not {"Action", "NotAction"} & set(statement):
        raise UnsupportedPolicyError("a statement about no action")
    return _conditions_hold(request, statement, resource)


def _about(statement: Mapping[str, Any], action: str) -> bool:
    if "Action" in statement:
        return names_action(statement["Action"], action)
    return not names_action(statement["NotAction"], action)


def _conditions_hold(
    request: Request, statement: Mapping[str, Any], resource: Resource
) -> Formula:
    unknown = set(statement) - _ELEMENTS
    if unknown:
        raise UnsupportedPolicyError(f"statement element {sorted(unknown)[0]!r}")
    terms = [_by_whom_and_how(request, statement)]
    if "Resource" in statement:
        terms.append(_names_resource(statement["Resource"], resource))
    if "NotResource" in statement:
        terms.append(z3.Not(_names_resource(statement["NotResource"], resource)))
    return all_of(terms)


def _by_whom_and_how(request: Request, statement: Mapping[str, Any]) -> Formula:
    """All but where, which a policy repeats in many statements, as do others."""
    principal, conditions = statement.get("Principal"), statement.get("Condition", {})
    text = json.dumps([principal, conditions])
    if text not in request.said:
        terms = [condition(request, conditions)]
        if principal is not None:
            terms.append(_names_principal(request, principal))
        request.said[text] = all_of(terms)
    return request.said[text]


def _names_resource(patterns: str | Sequence[str], resource: Resource) -> Formula:
    return any_of(_resource_like(resource, pattern) for pattern in listed(patterns))


def _resource_like(resource: Resource, pattern: str) -> Formula:
    if resource.rest is None:
        return z3.BoolVal(matcher(pattern).match(resource.beginning) is not None)
    if pattern.startswith(resource.beginning):
        return like(resource.rest, pattern.removeprefix(resource.beginning))
    beginning = re.split(r"[*?]", pattern, maxsplit=1)[0]
    if not resource.beginning.startswith(beginning):
        return FALSE
    if pattern == f"{beginning}*":
        return TRUE
    whole = z3.Concat(literal(resource.beginning), resource.rest)
    return like(whole, pattern)


def _names_principal(request: Request, principal: Any) -> Formula:
    if principal == "*":
        return TRUE
    return any_of(
        _principal(request, kind, name)
        for kind, names in principal.items()
        for name in listed(names)
    )


def _principal(request: Request, kind: str, name: str) -> Formula:
    if kind == "Service":
        return all_of(
            [request.by_service, request.equals("aws:PrincipalServiceName", name)]
        )
    if kind == "AWS" and name == "*":
        return TRUE
    if kind != "AWS":
        raise UnsupportedPolicyError(f"principal {kind}: {name}")
    # An account is everybody in it (AWS: AWS JSON policy elements: Principal).
    account = re.fullmatch(r"(?:arn:[\w-]+:iam::(\d{12}):root)|(\d{12})", name)
    if account:
        return request.equals("aws:PrincipalAccount", account[1] or account[2])
    if re.fullmatch(r"arn:[\w-]+:iam::\d{12}:(role|user)/[^*?]+", name):
        return request.equals("aws:PrincipalArn", name)
    raise UnsupportedPolicyError(f"principal {kind}: {name}")
