from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from private_transform.lock import BucketKind, Document
from private_transform.lock.policy import document
from review.invariants.at_bucket import (
    BUCKET_THEOREMS,
    AtBucket,
    Theorem,
    at_bucket,
)
from review.invariants.at_key import KEY_THEOREMS, KeyTheorem, at_key
from review.invariants.elsewhere import (
    ELSEWHERE_THEOREMS,
    ElsewhereTheorem,
    elsewhere,
)
from review.proof.actions import (
    INVENTED_S3,
    bucket_policy_actions,
    key_policy_actions,
)
from review.proof.formulas import Formula
from review.proof.request import Request
from review.proof.solver import example
from review.site import Site
from tests.lock.sites import ACCOUNT, KINDS, SITES, documents_of

pytestmark = pytest.mark.gate

FREE = [theorem for theorem in BUCKET_THEOREMS if not theorem.with_management_locked]
BOUND = [theorem for theorem in BUCKET_THEOREMS if theorem.with_management_locked]


OPEN = document([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])
"""What holds nobody back: every theorem must fail there, or it says nothing."""


@cache
def _scenes(name: str, kind: BucketKind) -> list[AtBucket]:
    site = SITES[name]
    return _at_bucket(site, kind, documents_of(site))


def _at_bucket(
    site: Site, kind: BucketKind, documents: dict[str, Document]
) -> list[AtBucket]:
    actions = (*bucket_policy_actions(), *INVENTED_S3)
    return at_bucket(site, kind, documents, actions)


def _contradiction(request: Request, formulas: Iterable[Formula]) -> Any:
    for formula in set(formulas):
        found = example(request, formula, partition="aws", account=ACCOUNT)
        if found is not None:
            return found
    return None


def _contradiction_at_bucket(theorem: Theorem, name: str, kind: BucketKind) -> Any:
    scenes = _scenes(name, kind)
    return _contradiction(scenes[0].request, map(theorem.contradicted_by, scenes))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theorem", FREE, ids=lambda theorem: theorem.says)
def test_always(theorem: Theorem, kind: BucketKind) -> None:
    assert _contradiction_at_bucket(theorem, "core", kind) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theorem", BOUND, ids=lambda theorem: theorem.says)
def test_with_management_locked(theorem: Theorem, kind: BucketKind) -> None:
    assert _contradiction_at_bucket(theorem, "locked", kind) is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theorem", BUCKET_THEOREMS, ids=lambda theorem: theorem.says)
def test_also_when_sagemaker_reads_models(theorem: Theorem, kind: BucketKind) -> None:
    name = "SageMaker reads models, locked"
    assert _contradiction_at_bucket(theorem, name, kind) is None


@pytest.mark.parametrize("theorem", BUCKET_THEOREMS, ids=lambda theorem: theorem.says)
def test_each_theorem_fails_where_everything_is_open(theorem: Theorem) -> None:
    site = SITES["core"]
    assert [
        kind
        for kind in KINDS
        for scenes in [_at_bucket(site, kind, {kind: OPEN, "endpoint": OPEN})]
        if _contradiction(scenes[0].request, map(theorem.contradicted_by, scenes))
    ]


@pytest.mark.parametrize("theorem", KEY_THEOREMS, ids=lambda theorem: theorem.says)
def test_each_theorem_of_the_key_fails_where_everything_is_open(
    theorem: KeyTheorem,
) -> None:
    scenes = at_key(SITES["core"], OPEN, key_policy_actions())
    formulas = map(theorem.contradicted_by, scenes)
    assert _contradiction(scenes[0].request, formulas) is not None


@pytest.mark.parametrize(
    "theorem", ELSEWHERE_THEOREMS, ids=lambda theorem: theorem.says
)
def test_each_theorem_of_elsewhere_fails_where_everything_is_open(
    theorem: ElsewhereTheorem,
) -> None:
    actions = [action.name for action in (*bucket_policy_actions(), *INVENTED_S3)]
    scenes = elsewhere(SITES["core"], OPEN, actions)
    formulas = map(theorem.contradicted_by, scenes)
    assert _contradiction(scenes[0].request, formulas) is not None


@pytest.mark.parametrize("name", ["core", "bare"])
@pytest.mark.parametrize("theorem", KEY_THEOREMS, ids=lambda theorem: theorem.says)
def test_the_key(theorem: KeyTheorem, name: str) -> None:
    site = SITES[name]
    scenes = at_key(site, documents_of(site)["key"], key_policy_actions())
    formulas = map(theorem.contradicted_by, scenes)
    assert _contradiction(scenes[0].request, formulas) is None


@pytest.mark.parametrize("name", ["core", "bare"])
@pytest.mark.parametrize(
    "theorem", ELSEWHERE_THEOREMS, ids=lambda theorem: theorem.says
)
def test_elsewhere(theorem: ElsewhereTheorem, name: str) -> None:
    site = SITES[name]
    actions = [action.name for action in (*bucket_policy_actions(), *INVENTED_S3)]
    scenes = elsewhere(site, documents_of(site)["endpoint"], actions)
    formulas = map(theorem.contradicted_by, scenes)
    assert _contradiction(scenes[0].request, formulas) is None
