from collections import Counter

import pytest

from review.proof.actions import (
    INVENTED_S3,
    bucket_policy_actions,
    key_policy_actions,
)
from tests.lock.equality import Prover, questions
from tests.lock.sites import KINDS, SITES, documents_of

pytestmark = pytest.mark.gate

OFTEN = ("core", "locked", "bare")


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover()


@pytest.mark.parametrize("name", OFTEN)
def test_every_document_means_what_is_specified(name: str, prover: Prover) -> None:
    site = SITES[name]
    for guarded, document in documents_of(site).items():
        assert list(prover.differences(site, guarded, document)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SITES if name not in OFTEN])
def test_every_document_means_what_is_specified_whatever_is_left_out(
    name: str, prover: Prover
) -> None:
    site = SITES[name]
    for guarded, document in documents_of(site).items():
        assert list(prover.differences(site, guarded, document)) == []


def test_every_action_is_asked_about_for_every_kind_of_resource() -> None:
    site = SITES["core"]
    asked = {
        guarded: Counter(
            question.about.split(" ")[0]
            for question in questions(site, guarded, document)
        )
        for guarded, document in documents_of(site).items()
    }
    s3 = {action.name for action in (*bucket_policy_actions(), *INVENTED_S3)}
    assert len(s3) >= 130
    for kind in KINDS:
        assert asked[kind] == dict.fromkeys(s3, 1)
    assert asked["endpoint"] == dict.fromkeys(s3, 9)
    assert set(key_policy_actions()) < set(asked["key"])
