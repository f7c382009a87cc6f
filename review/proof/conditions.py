"""Conditions of a statement as formulas: exact, or an error.

Source: AWS: IAM JSON policy elements: Condition operators.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import z3

from review.plain import listed

from .formulas import Formula, UnsupportedPolicyError, all_of, any_of, literal
from .patterns import arn_like, like
from .request import MULTIVALUED_KEYS, Request


def condition(request: Request, block: Mapping[str, Mapping[str, Any]]) -> Formula:
    """When a block of conditions holds.

    Raises:
        UnsupportedPolicyError: An operator, or a value, is not known.
    """
    return all_of(
        _operator(request, operator, key, listed(values))
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
    if key.lower() in MULTIVALUED_KEYS:
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


def _truth(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise UnsupportedPolicyError(f"{value!r}, which is not true or false")
    return text == "true"


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
