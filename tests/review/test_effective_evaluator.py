"""What everybody can really do, tried request by request with a second evaluator."""

from collections.abc import Iterator, Mapping
from itertools import product
from random import Random
from typing import Any

import pytest
from ministack.core import iam_evaluator

from review.change import Change
from review.effective.case import NEEDS, OBJECTS, Case, case_of
from review.effective.direct import direct
from review.effective.effective import NOT_AT_ALL, effective_access
from review.effective.principals import Principal, principals
from review.effective.targets import TARGETS, Target, target
from review.plain import listed
from review.scene import Document, Scene, scene_of
from tests.lock.concrete import Case as Request
from tests.lock.concrete import by_evaluator, by_identity_policy, key_of
from tests.lock.mutants import drop, without
from tests.review.conftest import Bases
from tests.review.draft import Draft, Edit, all_of, policy
from tests.review.matrix import ARN, LOCK

ASKED = 400
"""Principals, places and actions, drawn for each environment."""

EDITS: Mapping[str, Edit | None] = {
    "as it is": None,
    "weaker": all_of(
        policy("InputsLock", drop(LOCK)),
        policy("OutputsLock", drop("OnlyKmsEncryption"), drop("KmsOnlyWithOurKey")),
        policy("NetworkEndpoint", without("JobsWriteOutputs", "ArnLike", ARN)),
        policy("Key", without("DataThroughS3", "ArnLike", ARN)),
    ),
}


@pytest.fixture(autouse=True)
def _only_the_keys_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_evaluator, "_resolve_condition_key", key_of)


@pytest.mark.parametrize("name", EDITS)
def test_what_is_possible_has_a_request_and_what_is_not_has_none(
    bases: Bases, name: str
) -> None:
    assembly, edit = bases.assemblies["company"], EDITS[name]
    if edit is not None:
        draft = Draft(assembly)
        edit(draft)
        assembly = draft.assembly()
    scene = scene_of(assembly)
    told = {
        (who, row.resource, what): row.after
        for row in effective_access(Change(before=None, after=scene))
        for who in row.principals
        for what in row.actions
    }
    asked = list(questions(scene))
    random = Random("effective")
    seen = random.sample(asked, ASKED) + [each for each in asked if each[2] in NEEDS]
    for who, where, what, case in seen:
        ways = told.get((who, where, what), NOT_AT_ALL)
        possible = set(ways.split(" and ")) - {NOT_AT_ALL, "granted, but unusable"}
        assert possible == tried(case, what), (who, where, what)
    assert len({told.get(each[:3]) for each in seen}) > 4


def questions(scene: Scene) -> Iterator[tuple[str, str, str, Case]]:
    for (name, who), where in product(principals(scene).items(), TARGETS):
        there = target(scene, where)
        assert isinstance(who, Principal)
        assert isinstance(there, Target)
        for action in there.actions:
            yield name, where, action, case_of(who, there)


def tried(case: Case, action: str) -> set[str]:
    """The ways on which some request passes everything."""
    return {
        way
        for way, request in requests(case, action)
        if passes(case, request, case.there.policy, must_allow=case.there.is_key)
        and (
            way != "inside"
            or by_evaluator(_read(case.there.endpoint), request) == "Allow"
        )
        and may_open(case, request)
    }


def requests(case: Case, action: str) -> Iterator[tuple[str, Request]]:
    there = case.there
    (arn,) = case.who.arns if not case.who.is_anybody_else else (f"{ARNS}mallory",)
    told = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": there.place.account,
        "aws:ResourceAccount": there.place.account,
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "kms:CallerAccount": there.place.account,
    }
    if there.is_key:
        lent = {"kms:GrantIsForAWSResource": "true"}
        for service, (context, value) in CONTEXTS.items():
            through = {
                "kms:ViaService": f"{service}.us-east-1.amazonaws.com",
                f"kms:EncryptionContext:{context}": value,
            }
            yield "through a service", _asked(action, there.arn, told | lent | through)
        yield "directly", _asked(action, there.arn, told | lent)
        return
    inside = {"aws:SourceVpce": there.endpoint_ids[0]}
    prefixes = ({"s3:prefix": value} for value in ("photos/", "x", "manifests/faces/x"))
    encrypted: tuple[dict[str, str], ...] = (
        {},
        {"s3:x-amz-server-side-encryption": "AES256"},
    )
    athena = {"aws:CalledVia": ["athena.amazonaws.com"]}
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("inside", inside),
        ("outside", {}),
        ("outside", athena),
    )
    for (way, keys), prefix, header, below in product(
        ways,
        prefixes,
        encrypted[: 2 if action == "s3:PutObject" else 1],
        sorted(keys_of(case)) if action in OBJECTS else (None,),
    ):
        place = there.arn if below is None else f"{there.arn}/{below}"
        yield way, _asked(action, place, told | keys | prefix | header)


ARNS = "arn:aws:iam::111122223333:role/"
CONTEXTS = {
    "s3": ("aws:s3:arn", "arn:aws:s3:::company-foundation-x"),
    "sns": (
        "aws:sns:topicArn",
        "arn:aws:sns:us-east-1:111122223333:company-operations-x",
    ),
}


def keys_of(case: Case) -> set[str]:
    """Keys of objects that any of the policies names."""
    documents = (case.who.rights, case.there.endpoint, case.there.policy)
    return {"x"} | {
        str(place).removeprefix(f"{case.there.arn}/").replace("*", "x")
        for document in documents
        if document is not None
        for statement in _read(document)["Statement"]
        for element in ("Resource", "NotResource")
        for place in listed(statement.get(element, []))
        if str(place).startswith(f"{case.there.arn}/")
    }


def may_open(case: Case, request: Request) -> bool:
    """Whether KMS does for S3 what the contents need."""
    need, there = NEEDS.get(request.action), case.there
    if need is None or there.key is None:
        return True
    if "s3:x-amz-server-side-encryption" in request.keys:
        return True
    through = {
        **request.keys,
        "kms:ViaService": "s3.us-east-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": there.arn,
    }
    return passes(
        case, _asked(need, there.key_arn, through), there.key, must_allow=True
    )


def passes(
    case: Case, request: Request, document: Document, *, must_allow: bool
) -> bool:
    """AWS: Policy evaluation logic, within one account."""
    theirs = by_evaluator(_read(document), request)
    mine = (
        "Allow"
        if case.who.rights is None
        else by_identity_policy(_read(case.who.rights), request)
    )
    if "Deny" in (theirs, mine):
        return False
    if by_evaluator(_read(direct(document)), request) == "Allow":
        return True
    return mine == "Allow" and (theirs == "Allow" or not must_allow)


def _asked(action: str, place: str, keys: Mapping[str, Any]) -> Request:
    return Request(action=action, resource=place, keys=keys)


def _read(document: Document | None) -> dict[str, Any]:
    return {"Statement": []} if document is None else dict(document)
