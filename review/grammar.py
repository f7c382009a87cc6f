"""Whether a policy is written as AWS takes it, in types and in size.

Proofs read policies afterwards without expecting a number where a text belongs. What
the words mean is for them: an operator may be one that no proof knows.

Source: AWS: Grammar of the IAM JSON policy language.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .invented import shown

_SIZE_LIMIT = 32_768
"""Characters of a key's policy, the longest that AWS takes (AWS: KMS quotas)."""

_KEYS = {"Id", "Statement", "Version"}
_COLONS = 5
"""Between the parts of an ARN; a pattern has them too."""

_VERSIONS = ("2012-10-17", "2008-10-17")


def faults(document: Any) -> Iterator[str]:
    """What is wrong with a policy, each after the place where it is."""
    if not isinstance(document, dict):
        yield " is not a policy"
        return
    if len(shown(json.dumps(document, separators=(",", ":")))) > _SIZE_LIMIT:
        yield f" has more than {_SIZE_LIMIT:,} characters, and AWS takes no more"
        return
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        yield ".Version is none that AWS has"
    if document.keys() - _KEYS:
        yield f" has the key {min(document.keys() - _KEYS)!r}, which is not understood"
    statements = document.get("Statement")
    if statements == []:
        yield " has no statement"
    each = statements if isinstance(statements, list) else [statements]
    for number, statement in enumerate(each):
        for fault in _faults_of_statement(statement):
            yield f".Statement[{number}]{fault}"


def _faults_of_statement(statement: Any) -> Iterator[str]:
    if not isinstance(statement, dict):
        yield " is not a statement"
        return
    if "Effect" not in statement:
        yield " neither allows nor denies"
    if ("Action" in statement) == ("NotAction" in statement):
        yield " needs either Action or NotAction"
    if "Resource" in statement and "NotResource" in statement:
        yield " has both Resource and NotResource"
    for name, value in statement.items():
        is_well_formed = _ELEMENTS.get(name)
        if is_well_formed is None:
            yield f" has the element {name!r}, which is not understood"
        elif not is_well_formed(value):
            yield f".{name} is not written as policies have it"


def _is_effect(value: Any) -> bool:
    return value in ("Allow", "Deny")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return _is_text(value) or _is_full_list(value, _is_text)


def _is_principal(value: Any) -> bool:
    return value == "*" or _is_full_mapping(value, _are_texts)


def _is_condition(value: Any) -> bool:
    return value == {} or _is_full_mapping(
        value, lambda keys: _is_full_mapping(keys, _are_scalars)
    )


def _are_scalars(value: Any) -> bool:
    return _is_scalar(value) or _is_full_list(value, _is_scalar)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _are_arns(value: Any) -> bool:
    """AWS: IAM JSON policy elements: Resource."""
    return _are_texts(value) and all(
        each == "*" or each.count(":") >= _COLONS
        for each in (value if isinstance(value, list) else [value])
    )


def _is_full_list(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and bool(value) and all(map(holds, value))


def _is_full_mapping(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(holds, value.values()))


_ELEMENTS: Mapping[str, Callable[[Any], bool]] = {
    "Action": _are_texts,
    "Condition": _is_condition,
    "Effect": _is_effect,
    "NotAction": _are_texts,
    "NotResource": _are_arns,
    "Principal": _is_principal,
    "Resource": _are_arns,
    "Sid": _is_text,
}
"""Elements of a statement, and whether one is as it has to be."""
