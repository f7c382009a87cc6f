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

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import z3

from review.proof.patience import lose_patience

Formula: TypeAlias = z3.BoolRef
Text: TypeAlias = z3.SeqRef
Document: TypeAlias = Mapping[str, Any]

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)

_IS_SERVICE = "aws:principalisawsservice"
_BOOLEAN_KEYS = {
    _IS_SERVICE,
    "aws:securetransport",
    "aws:viaawsservice",
    "kms:grantisforawsresource",
    "sagemaker:networkisolation",
}
_NUMERIC_KEYS = {"s3:tlsversion"}
_MULTIVALUED_KEYS = {
    "aws:calledvia",
    "sagemaker:vpcsecuritygroupids",
    "sagemaker:vpcsubnets",
}
_ANOTHER = "(another value)"


class UnsupportedPolicyError(ValueError):
    """A document says something that the encoding cannot say exactly."""


class Request:
    """Any request at all; two requests of one solver question are the same one.

    Attributes:
        object_key: The object's key, any text.
        anonymous: Nobody signed it.
        by_service: A service principal signed it.
    """

    def __init__(self) -> None:
        self.object_key: Text = z3.String("object key")
        self.anonymous: Formula = z3.Bool("anonymous")
        self.by_service: Formula = z3.Bool("by a service")
        self.keys: dict[str, tuple[Formula, Any]] = {}
        self.members: dict[tuple[str, str], Formula] = {}
        self.remainders: dict[tuple[str, frozenset[str]], Formula] = {}
        self.said: dict[str, Formula] = {}

    def present(self, key: str) -> Formula:
        """The request carries this condition key."""
        return self._key(key)[0]

    def value(self, key: str) -> Any:
        """The value of a single-valued condition key; meaningless when absent."""
        return self._key(key)[1]

    def equals(self, key: str, value: str) -> Formula:
        """The key is present and has exactly this value."""
        return all_of([self.present(key), self.value(key) == literal(value)])

    def among(self, key: str, values: Iterable[str]) -> Formula:
        """The key is present and has one of these values."""
        return any_of(self.equals(key, value) for value in values)

    def signed_by(self, *roles: str) -> Formula:
        """The caller is one of the roles with these ARN patterns."""
        arn = self.value("aws:PrincipalArn")
        known = any_of(arn_like(arn, pattern) for pattern in roles)
        return all_of([self.present("aws:PrincipalArn"), known])

    def contains(self, key: str, value: str) -> Formula:
        """The multivalued key holds this value."""
        self._key(key)
        member = (key.lower(), value)
        return self.members.setdefault(member, z3.Bool(f"{member[0]} holds {value}"))

    def contains_beside(self, key: str, values: Iterable[str]) -> Formula:
        """The multivalued key holds a value that is none of these."""
        rest = (key.lower(), frozenset(values))
        # It may hold these too: without them it would hold another one or nothing.
        for value in sorted(rest[1]):
            self.contains(key, value)
        name = f"{rest[0]} holds more than {sorted(rest[1])}"
        return self.remainders.setdefault(rest, z3.Bool(name))

    def laws(self, *, partition: str, account: str) -> list[Formula]:
        """State what AWS guarantees about the keys of every request."""
        user = z3.Not(any_of([self.anonymous, self.by_service]))
        arn = self.value("aws:PrincipalArn")
        ours = self.value("aws:PrincipalAccount") == literal(account)
        # Federated users are of STS, all others of IAM (AWS: AWS global condition
        # context keys, aws:PrincipalArn).
        is_of_account = any_of(
            z3.PrefixOf(literal(f"arn:{partition}:{service}::{account}:"), arn)
            for service in ("iam", "sts")
        )
        return [
            z3.Not(all_of([self.anonymous, self.by_service])),
            self.present("aws:PrincipalArn") == user,
            self.present("aws:PrincipalAccount") == z3.Not(self.by_service),
            z3.Implies(user, ours == is_of_account),
            z3.Implies(
                self.anonymous, self.equals("aws:PrincipalAccount", "anonymous")
            ),
            self.present("aws:PrincipalServiceName") == self.by_service,
            self.present("aws:SecureTransport"),
            self.present("s3:TlsVersion") == self.value("aws:SecureTransport"),
            *self._laws_of_services(),
            *self._laws_of_multivalued_keys(),
        ]

    def _laws_of_services(self) -> Iterator[Formula]:
        """Of a key that few documents ask for."""
        if _IS_SERVICE in self.keys:
            yield self.present(_IS_SERVICE) == z3.Not(self.anonymous)
            yield self.value(_IS_SERVICE) == self.by_service

    def _laws_of_multivalued_keys(self) -> Iterator[Formula]:
        for key in sorted(_MULTIVALUED_KEYS & self.keys.keys()):
            # One value stands for all that no document names.
            self.contains(key, _ANOTHER)
            held = {v: holds for (k, v), holds in self.members.items() if k == key}
            yield self.present(key) == any_of(held.values())
            for (name, values), beside in self.remainders.items():
                if name == key:
                    yield beside == any_of(
                        holds for value, holds in held.items() if value not in values
                    )

    def _key(self, key: str) -> tuple[Formula, Any]:
        name = key.lower()
        if name not in self.keys:
            self.keys[name] = (z3.Bool(f"has {name}"), _unknown(name))
        return self.keys[name]


@dataclass(frozen=True, slots=True)
class Resource:
    """An ARN: a known beginning and, perhaps, an unknown rest."""

    beginning: str
    rest: Text | None = None


def literal(text: str) -> Text:
    """Exactly this text: z3 reads a backslash as the beginning of an escape.

    Raises:
        UnsupportedPolicyError: z3 has not all of its characters.
    """
    if any(ord(character) > _LAST_CHARACTER for character in text):
        raise UnsupportedPolicyError(f"a character that no name has: {text!r}")
    return z3.StringVal(text.replace("\\", "\\u{5c}"))


def any_of(formulas: Iterable[Formula]) -> Formula:
    """At least one holds; none holds when there are none."""
    return _joined(z3.Z3_mk_or, list(formulas), FALSE)


def all_of(formulas: Iterable[Formula]) -> Formula:
    """Every one holds; all hold when there are none."""
    return _joined(z3.Z3_mk_and, list(formulas), TRUE)


def _joined(join: Any, formulas: list[Formula], of_none: Formula) -> Formula:
    # `z3.And` and `z3.Or` do the same, and take nine times as long to look at types.
    if not formulas:
        return of_none
    context = formulas[0].ctx
    operands = (z3.Ast * len(formulas))(*(each.as_ast() for each in formulas))
    return z3.BoolRef(join(context.ref(), len(formulas), operands), context)


def like(text: Text, pattern: str) -> Formula:
    """The text matches a pattern with `*` and `?`."""
    if not re.search(r"[*?]", pattern):
        return text == literal(pattern)
    if re.fullmatch(r"[^*?]*\*", pattern):
        return z3.PrefixOf(literal(pattern[:-1]), text)
    # That it begins so follows from the pattern, and is what lemmas can speak of.
    beginning = re.split(r"[*?]", pattern, maxsplit=1)[0]
    return all_of(
        [
            z3.PrefixOf(literal(beginning), text),
            z3.InRe(text, _expression(pattern, _ANY_CHARACTER)),
        ]
    )


def arn_like(text: Text, pattern: str) -> Formula:
    """The text matches an ARN pattern, whose wildcards stay within their part."""
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        raise UnsupportedPolicyError(f"{pattern!r} is not an ARN pattern of six parts")
    if not re.search(r"[*?]", "".join(parts[:5])):
        return like(text, pattern)
    expressions = [_expression(f"{part}:", _NO_COLON) for part in parts[:5]]
    return z3.InRe(text, z3.Concat(*expressions, _expression(parts[5], _ANY_CHARACTER)))


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


def names_action(patterns: str | Sequence[str], action: str) -> bool:
    """Whether a statement's Action or NotAction is about this action."""
    return _names_action(tuple(_listed(patterns)), action)


@cache
def _names_action(patterns: tuple[str, ...], action: str) -> bool:
    # Asked for every action of the catalogue, of the same few lists.
    return any(_matcher(pattern.lower()).match(action.lower()) for pattern in patterns)


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
    principal, condition = statement.get("Principal"), statement.get("Condition", {})
    text = json.dumps([principal, condition])
    if text not in request.said:
        terms = [_condition(request, condition)]
        if principal is not None:
            terms.append(_names_principal(request, principal))
        request.said[text] = all_of(terms)
    return request.said[text]


def _names_resource(patterns: str | Sequence[str], resource: Resource) -> Formula:
    return any_of(_resource_like(resource, pattern) for pattern in _listed(patterns))


def _resource_like(resource: Resource, pattern: str) -> Formula:
    if resource.rest is None:
        return z3.BoolVal(_matcher(pattern).match(resource.beginning) is not None)
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
        for name in _listed(names)
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


def _condition(request: Request, block: Mapping[str, Mapping[str, Any]]) -> Formula:
    return all_of(
        _operator(request, operator, key, _listed(values))
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def _operator(
    request: Request, operator: str, key: str, values: Sequence[Any]
) -> Formula:
    if operator == "Null":
        absent = z3.Not(request.present(key))
        return any_of(
            absent if _truth(value) else request.present(key) for value in values
        )
    if key.lower() in _MULTIVALUED_KEYS:
        return _set_operator(request, operator, key, [*map(_text, values)])
    if_exists = operator.endswith("IfExists")
    base = operator.removesuffix("IfExists")
    negated = base in _NEGATED
    comparison = _NEGATED.get(base, base)
    holds = any_of(_compared(comparison, request.value(key), value) for value in values)
    present = request.present(key)
    if negated:
        return any_of([z3.Not(present), z3.Not(holds)])
    if if_exists:
        return any_of([z3.Not(present), holds])
    return all_of([present, holds])


def _set_operator(
    request: Request, operator: str, key: str, values: Sequence[str]
) -> Formula:
    match operator:
        case "ForAnyValue:StringEquals":
            return any_of(request.contains(key, value) for value in values)
        case "ForAnyValue:StringNotEquals":
            return request.contains_beside(key, values)
        case "ForAllValues:StringEquals":
            return z3.Not(request.contains_beside(key, values))
        case "ForAllValues:StringNotEquals":
            return all_of(z3.Not(request.contains(key, value)) for value in values)
    raise UnsupportedPolicyError(f"{operator} on the multivalued {key}")


def _compared(comparison: str, actual: Any, expected: Any) -> Formula:
    sort = _SORTS.get(comparison)
    if sort is None:
        raise UnsupportedPolicyError(f"condition operator {comparison}")
    if actual.sort() != sort():
        raise UnsupportedPolicyError(f"{comparison} on {actual}, which is another type")
    match comparison:
        case "StringEquals":
            return actual == literal(_text(expected))
        case "StringLike":
            return like(actual, _text(expected))
        case "ArnLike" | "ArnEquals":
            return arn_like(actual, _text(expected))
        case "Bool":
            return actual == z3.BoolVal(_truth(expected))
        case "NumericLessThan":
            return actual < _number(expected)
    return actual <= _number(expected)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnsupportedPolicyError(f"{value!r}, which is not a text")
    return value


def _number(value: Any) -> Any:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)) is None:
        raise UnsupportedPolicyError(f"{value!r}, which is not a number")
    return z3.RealVal(value)


_SORTS: Mapping[str, Any] = {
    "ArnEquals": z3.StringSort,
    "ArnLike": z3.StringSort,
    "Bool": z3.BoolSort,
    "NumericLessThan": z3.RealSort,
    "NumericLessThanEquals": z3.RealSort,
    "StringEquals": z3.StringSort,
    "StringLike": z3.StringSort,
}
"""Comparisons, and what a key has to be."""

_NEGATED = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
}
"""Operators that hold where a comparison does not."""

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
_LAST_CHARACTER = 0x2FFFF
"""What z3 has of Unicode."""

_ANY_CHARACTER = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Intersect(_ANY_CHARACTER, z3.Complement(z3.Re(literal(":"))))


def _unknown(key: str) -> Any:
    if key in _MULTIVALUED_KEYS:
        return None
    if key in _BOOLEAN_KEYS:
        return z3.Bool(key)
    if key in _NUMERIC_KEYS:
        return z3.Real(key)
    return z3.String(key)


def _expression(pattern: str, character: Any) -> Any:
    """Turn a pattern into a regular expression whose wildcards match `character`."""
    pieces = [
        z3.Star(character)
        if piece == "*"
        else character
        if piece == "?"
        else z3.Re(literal(piece))
        for piece in re.findall(r"\*|\?|[^*?]+", pattern)
    ]
    if not pieces:
        return z3.Re(literal(""))
    return pieces[0] if len(pieces) == 1 else z3.Concat(*pieces)


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    """A pattern with `*` and `?` that is never tried twice at one place."""
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))


def _truth(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise UnsupportedPolicyError(f"{value!r}, which is not true or false")
    return text == "true"


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]
