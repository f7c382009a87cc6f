import json
from dataclasses import replace
from typing import Any

import pytest

from private_transform.lock import ArtifactPlace, key_policy
from review.site import Site
from tests.lock.sites import COMPANY, CORE, LOCKED, ROLES, SITES, documents_of

MANAGEMENT = {"ListingForNamedRoles", "OnlyDeploymentManages", "DeploymentOnlyManages"}


def _sids(site: Site, guarded: str) -> set[str]:
    return {statement["Sid"] for statement in documents_of(site)[guarded]["Statement"]}


def _with(site: Site, **people: Any) -> Site:
    return replace(site, perimeter=replace(site.perimeter, **people))


@pytest.mark.parametrize("name", SITES)
def test_every_statement_has_its_own_name(name: str) -> None:
    for guarded, document in documents_of(SITES[name]).items():
        assert len(_sids(SITES[name], guarded)) == len(document["Statement"])


def test_management_is_locked_by_three_statements_more() -> None:
    for kind in ("models", "inputs", "outputs"):
        assert _sids(LOCKED, kind) - _sids(CORE, kind) == MANAGEMENT


def test_without_exceptions_nobody_is_exempt() -> None:
    for kind in ("models", "inputs", "outputs"):
        document = documents_of(SITES["bare"])[kind]
        lock = next(
            statement
            for statement in document["Statement"]
            if statement["Sid"] == "OnlyThroughTheEndpoint"
        )
        assert lock["Condition"] == {
            "StringNotEquals": {"aws:SourceVpce": ["vpce-0ours"]}
        }
        assert "AthenaForAnalysts" not in _sids(SITES["bare"], kind)


def test_jobs_read_models_from_outside_only_when_switched_on() -> None:
    switched = SITES["SageMaker reads models"]
    assert "JobsReadModelsOnly" in _sids(switched, "models")
    assert "JobsReadModelsOnly" not in _sids(switched, "inputs")
    assert "JobsReadModelsOnly" not in _sids(CORE, "models")


def test_the_key_serves_only_what_is_named() -> None:
    plain = key_policy(CORE.perimeter, bucket_pattern="arn:aws:s3:::dev-foundation-*")
    served = {"LogGroups", "Trails", "TopicsThroughSns", "Publishers"}
    assert _sids(CORE, "key") - {s["Sid"] for s in plain["Statement"]} == served


def test_the_values_that_may_be_tokens_are_taken_as_they_are() -> None:
    token = "${Token[AWS.Partition.7]}"
    roles = f"arn:{token}:iam::111122223333:role/*"
    site = replace(
        _with(LOCKED, partition=token, execution_roles=roles, launcher_roles=roles),
        endpoint_ids=("${Token[TOKEN.11]}",),
        key_arn="${Token[Key.Arn.13]}",
    )
    text = json.dumps(documents_of(site))
    for value in (roles, "${Token[TOKEN.11]}", "${Token[Key.Arn.13]}"):
        assert json.dumps(value) in text


def test_the_endpoint_takes_as_many_places_as_a_file_may_name() -> None:
    place = ArtifactPlace(
        objects=f"arn:aws-us-gov:s3:::{'b' * 63}/{'p' * 812}/*", account=COMPANY
    )
    whole = documents_of(_with(CORE, artifact_places=(place,) * 10))["endpoint"]
    assert len(json.dumps(whole, separators=(",", ":"))) < 20_480


@pytest.mark.parametrize("end", ["", "*", "/"])
def test_a_place_of_artifacts_ends_in_a_slash_and_an_asterisk(end: str) -> None:
    with pytest.raises(ValueError, match="must end in"):
        ArtifactPlace(objects=f"arn:aws:s3:::company-models{end}", account=COMPANY)


def test_one_role_cannot_be_break_glass_and_uploader_outside() -> None:
    with pytest.raises(ValueError, match="neither read nor write"):
        _with(CORE, break_glass=(f"{ROLES}/Uploader",))


@pytest.mark.parametrize("duty", ["uploaders", "readers"])
def test_who_acts_from_outside_must_have_the_duty(duty: str) -> None:
    with pytest.raises(ValueError, match=f"not among the {duty}"):
        _with(CORE, **{f"{duty}_outside": (f"{ROLES}/Stranger",)})


@pytest.mark.parametrize("prefix", ["", "athena-results"])
def test_analysts_need_a_prefix_that_ends_in_a_slash(prefix: str) -> None:
    with pytest.raises(ValueError, match="must end in '/'"):
        _with(CORE, query_prefix=prefix)
