from typing import Any

import pytest

from private_transform.lock import BucketKind
from tests.lock.catalogue import (
    INVENTED_S3,
    bucket_policy_actions,
    key_policy_actions,
)
from tests.lock.encoder import Formula, Request
from tests.lock.sites import ACCOUNT, KINDS, SITES
from tests.lock.solver import example
from tests.lock.theorems import (
    BUCKET_THEOREMS,
    KEY_THEOREMS,
    KeyTheorem,
    Theorem,
    at_bucket,
    at_key,
)


def _contradiction(request: Request, contradicting: set[Formula]) -> Any:
    for formula in contradicting:
        found = example(request, formula, partition="aws", account=ACCOUNT)
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("name", ["core", "locked", "SageMaker reads models"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theorem", BUCKET_THEOREMS, ids=lambda t: t.says)
def test_a_bucket_and_the_endpoint_hold_to(
    theorem: Theorem, kind: BucketKind, name: str
) -> None:
    site = SITES[name]
    if theorem.with_management_locked and not site.perimeter.lock_management:
        pytest.skip("holds only where management is locked")
    scenes = at_bucket(
        site, kind, site.documents(), (*bucket_policy_actions(), *INVENTED_S3)
    )
    contradicting = {theorem.contradicted_by(scene) for scene in scenes}
    assert _contradiction(scenes[0].request, contradicting) is None


@pytest.mark.parametrize("name", ["core", "bare"])
@pytest.mark.parametrize("theorem", KEY_THEOREMS, ids=lambda t: t.says)
def test_the_key_holds_to(theorem: KeyTheorem, name: str) -> None:
    site = SITES[name]
    scenes = at_key(site, site.documents()["key"], key_policy_actions())
    contradicting = {theorem.contradicted_by(scene) for scene in scenes}
    assert _contradiction(scenes[0].request, contradicting) is None
