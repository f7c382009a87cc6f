from typing import Any

import pytest
import z3

from review.proof.formulas import UnsupportedPolicyError
from review.proof.patterns import arn_like, like
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.proof.solver import example
from tests.lock.concrete import Case, by_encoding

ATHENA = "athena.amazonaws.com"
GLUE = "glue.amazonaws.com"
ROLE = "arn:aws:iam::111122223333:role/a"


def _denies(
    condition: dict[str, Any], keys: dict[str, Any], principal: Any = "*"
) -> bool:
    request = Request()
    statement = {
        "Effect": "Deny",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": condition,
    }
    reading = Reading(request, {"Statement": [statement]}, Resource("arn:b/", None))
    case = Case(action="s3:GetObject", resource="arn:b/", keys=keys)
    return by_encoding(reading.denies("s3:GetObject"), request, case, "")


@pytest.mark.parametrize(
    ("operator", "absent", "equal", "other"),
    [
        ("StringEquals", False, True, False),
        ("StringEqualsIfExists", True, True, False),
        ("StringNotEquals", True, False, True),
        ("StringNotEqualsIfExists", True, False, True),
        ("StringLike", False, True, False),
        ("StringNotLike", True, False, True),
    ],
)
def test_a_negated_operator_is_true_for_an_absent_key(
    operator: str, absent: bool, equal: bool, other: bool
) -> None:
    condition = {operator: {"aws:SourceVpce": ["x", "y"]}}
    assert _denies(condition, {}) == absent
    assert _denies(condition, {"aws:SourceVpce": "y"}) == equal
    assert _denies(condition, {"aws:SourceVpce": "z"}) == other


@pytest.mark.parametrize(
    ("operator", "absent", "same", "mixed", "other"),
    [
        ("ForAnyValue:StringEquals", False, True, True, False),
        ("ForAllValues:StringEquals", True, True, False, False),
        ("ForAnyValue:StringNotEquals", False, False, True, True),
        ("ForAllValues:StringNotEquals", True, False, False, True),
    ],
)
def test_a_set_operator_asks_every_value_or_any(
    operator: str, absent: bool, same: bool, mixed: bool, other: bool
) -> None:
    condition = {operator: {"aws:CalledVia": ATHENA}}
    assert _denies(condition, {}) == absent
    assert _denies(condition, {"aws:CalledVia": [ATHENA]}) == same
    assert _denies(condition, {"aws:CalledVia": [ATHENA, GLUE]}) == mixed
    assert _denies(condition, {"aws:CalledVia": [GLUE]}) == other


@pytest.mark.parametrize(
    ("condition", "keys", "met"),
    [
        ({"Null": {"s3:authType": "true"}}, {}, True),
        ({"Null": {"s3:authType": "false"}}, {}, False),
        ({"Null": {"s3:authType": "false"}}, {"s3:authType": "POST"}, True),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {}, False),
        (
            {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            {"s3:TlsVersion": "1.2"},
            False,
        ),
        (
            {"NumericLessThanEquals": {"s3:TlsVersion": "1.2"}},
            {"s3:TlsVersion": "1.2"},
            True,
        ),
        (
            {"Bool": {"aws:SecureTransport": "false"}},
            {"aws:SecureTransport": "false"},
            True,
        ),
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE}}, {}, True),
        ({"ArnLike": {"aws:PrincipalArn": ROLE}}, {"aws:PrincipalArn": ROLE}, True),
        (
            {"StringEquals": {"AWS:sourcevpce": "x"}, "Null": {"s3:authType": "true"}},
            {"aws:SourceVpce": "x"},
            True,
        ),
    ],
)
def test_a_condition_is_met_as_aws_says(
    condition: dict[str, Any], keys: dict[str, Any], met: bool
) -> None:
    assert _denies(condition, keys) == met


@pytest.mark.parametrize(
    ("pattern", "text", "as_text", "as_arn"),
    [
        ("arn:aws:iam::1:role/a*", "arn:aws:iam::1:role/a/b:c", True, True),
        ("arn:aws:iam::*:role/a", "arn:aws:iam::1:role/a", True, True),
        ("arn:aws:iam::*:role/a", "arn:aws:iam::1:x:role/a", True, False),
        ("arn:aws:iam::?:role/a", "arn:aws:iam::1:role/a", True, True),
        ("arn:aws:iam::?:role/a", "arn:aws:iam::12:role/a", False, False),
        ("arn:aws:iam::1:role/a*b", "arn:aws:iam::1:role/axb", True, True),
    ],
)
def test_wildcards_of_an_arn_pattern_stay_within_their_part(
    pattern: str, text: str, as_text: bool, as_arn: bool
) -> None:
    value = z3.StringVal(text)
    assert z3.is_true(z3.simplify(like(value, pattern))) == as_text
    assert z3.is_true(z3.simplify(arn_like(value, pattern))) == as_arn


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ({"Condition": {"DateLessThan": {"aws:CurrentTime": "x"}}}, "DateLessThan"),
        (
            {"Condition": {"ForAnyValue:StringLike": {"aws:CalledVia": "x"}}},
            "CalledVia",
        ),
        (
            {"Condition": {"ForAnyValue:StringEquals": {"s3:authType": "x"}}},
            "operator ForAnyValue",
        ),
        ({"Condition": {"NotStringEquals": {"s3:authType": "x"}}}, "operator Not"),
        ({"Condition": {"StringEquals": {"s3:authType": 7}}}, "not a text"),
        ({"Condition": {"StringEquals": {"s3:authType": "\U000e0001"}}}, "character"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "no"}}}, "not true or false"),
        ({"Condition": {"Null": {"s3:authType": "no"}}}, "not true or false"),
        ({"Condition": {"NumericLessThan": {"s3:TlsVersion": "6/5"}}}, "not a number"),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}}, "six parts"),
        ({"NotPrincipal": {"AWS": ROLE}}, "NotPrincipal"),
        ({"Principal": {"AWS": f"{ROLE}*"}}, "principal AWS"),
        ({"Resource": "arn:aws:s3:::b/${aws:username}/*"}, "policy variable"),
        ({"Principal": {"Federated": "x"}}, "principal Federated"),
        ({"Condition": {"NumericLessThan": {"s3:TlsVersion": "x"}}}, "not a number"),
        ({"Condition": {"Bool": {"aws:SourceVpce": "false"}}}, "another type"),
        ({"Condition": {"StringLike": {"aws:SecureTransport": "*"}}}, "another type"),
    ],
)
def test_what_cannot_be_said_exactly_stops_the_proof(
    element: dict[str, Any], said: str
) -> None:
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **element}
    with pytest.raises(UnsupportedPolicyError, match=said):
        Reading(Request(), {"Statement": [statement]}, Resource("arn:b", None))


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": [ROLE, f"{ROLE}2"]}, True),
        ({"AWS": f"{ROLE}2"}, False),
        ({"AWS": "arn:aws:iam::111122223333:root"}, True),
        ({"AWS": "111122223333"}, True),
        ({"AWS": "210987654321"}, False),
        ({"Service": "s3.amazonaws.com"}, False),
    ],
)
@pytest.mark.parametrize(
    "caller", [ROLE, "arn:aws:sts::111122223333:federated-user/somebody"]
)
def test_a_principal_is_who_it_names(principal: Any, named: bool, caller: str) -> None:
    is_role = "role/" in str(principal)
    keys = {"aws:PrincipalArn": caller, "aws:PrincipalAccount": "111122223333"}
    expected = named and (caller == ROLE or not is_role)
    assert _denies({}, keys, principal) == expected


@pytest.mark.parametrize("present", [True, False])
def test_a_list_may_hold_what_is_allowed_and_may_be_absent(present: bool) -> None:
    request = Request()
    statement = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {
            "ForAllValues:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}
        },
    }
    reading = Reading(request, {"Statement": [statement]}, Resource("arn:b/", None))
    has = request.present("aws:CalledVia")

    found = example(
        request,
        reading.allows("s3:GetObject"),
        has if present else z3.Not(has),
        partition="aws",
        account="111122223333",
    )

    assert found is not None
    assert found.get("aws:calledvia") == (["athena.amazonaws.com"] if present else None)
