"""One malformed key hides nothing but what needs that very key."""

from pathlib import Path
from typing import Any

import pytest

from tests.environment.folders import OUTSIDE, ROLE, TRANSFORM, problems, written

CONTAINER = TRANSFORM["model"]["primary_container"]
COUNT = "transform_resources.instance_count"
TYPE = "transform_resources.instance_type"
IMAGE = "model.primary_container.image"
ELSEWHERE = "arn:aws:iam::444455556666:role/"
SOURCE = {"s3_uri": "s3://company-models/", **OUTSIDE}


def paths(
    parent: Path, *, environment: dict[str, Any], **transforms: dict[str, Any]
) -> set[str]:
    folder = written(parent, environment=environment, transforms=transforms)
    return {problem.path for problem in problems(folder)}


BREACHES = {
    "instance_types": (["ml.m5.xlarge"], ["ml.t3.large"], TYPE),
    "max_instance_count": (2, 0, COUNT),
    "registries": ([], ["docker.io"], IMAGE),
    "require_volume_key": (True, "yes", TYPE),
}


@pytest.mark.parametrize("malformed", BREACHES)
def test_a_malformed_limit_hides_no_breach_of_another(
    tmp_path: Path, malformed: str
) -> None:
    limits = {key: right for key, (right, _, _) in BREACHES.items()}
    limits[malformed] = BREACHES[malformed][1]
    disks = {TYPE: "ml.g5.xlarge", COUNT: 3}

    found = paths(tmp_path, environment={"limits": limits}, faces=disks)

    others = {path for key, (_, _, path) in BREACHES.items() if key != malformed}
    limit = {path for path in found if path.startswith(f"limits.{malformed}")}
    assert len(limit) == 1
    assert found - limit == others


def test_an_unknown_limit_hides_no_breach(tmp_path: Path) -> None:
    limits = {"max_instance_count": 2, "max_instances": 2}

    assert paths(tmp_path, environment={"limits": limits}, faces={COUNT: 3}) == {
        "limits.max_instances",
        COUNT,
    }


def test_a_malformed_person_hides_no_fault_of_another(tmp_path: Path) -> None:
    people = {
        "uploaders": [
            {"role": "me"},
            {"role": f"{ELSEWHERE}uploader"},
            "nobody",
            {"role": f"{ROLE}a", "outside": {**OUTSIDE, "expires": "2026-11-21"}},
        ],
        "readers": [{"role": f"{ROLE}a"}],
        "key_administrators": [
            {"role": "me", "outside": {**OUTSIDE, "expires": "someday"}},
            {"role": f"{ROLE}b", "outside": {**OUTSIDE}},
        ],
        "break_glass": [
            {"role": f"{ROLE}c", "outside": {**OUTSIDE, "reason": ""}},
            {"role": f"{ROLE}d"},
        ],
    }

    assert paths(tmp_path, environment={"people": people}) == {
        "people.uploaders[0].role",
        "people.uploaders[1].role",
        "people.uploaders[2]",
        "people.uploaders[3].outside.expires",
        "people.readers[0].role",
        "people.key_administrators[0].role",
        "people.key_administrators[0].outside",
        "people.key_administrators[0].outside.expires",
        "people.key_administrators[1].outside",
        "people.break_glass[0].outside.reason",
        "people.break_glass[1]",
    }


def test_a_malformed_duty_hides_no_other(tmp_path: Path) -> None:
    people = {
        "uploaders": "everybody",
        "readers": [{"role": f"{ELSEWHERE}reader"}],
    }

    assert paths(tmp_path, environment={"people": people}) == {
        "people.uploaders",
        "people.readers[0].role",
    }


def test_a_malformed_source_hides_no_fault_of_another(tmp_path: Path) -> None:
    sources = [
        {**SOURCE, "s3_uri": "company-models", "key_arn": "alias/models"},
        {**SOURCE, "expires": "2026-11-21"},
        {**SOURCE, "s3_uri": "s3://company-models/released/", "owner": ""},
        {**SOURCE, "s3_uri": "s3://lab-foundation-logs/"},
    ]

    assert paths(tmp_path, environment={"artifact_sources": sources}) == {
        "artifact_sources[0].s3_uri",
        "artifact_sources[0].key_arn",
        "artifact_sources[1].expires",
        "artifact_sources[2].s3_uri",
        "artifact_sources[2].owner",
        "artifact_sources[3].s3_uri",
    }


def test_an_artifact_is_not_judged_by_sources_of_which_one_is_unknown(
    tmp_path: Path,
) -> None:
    sources = {"artifact_sources": [{**SOURCE, "s3_uri": "company-models"}]}
    url = {"model.primary_container.model_data_url": "s3://company-models/a.tar.gz"}

    assert paths(tmp_path, environment=sources, faces=url) == {
        "artifact_sources[0].s3_uri"
    }


def test_a_malformed_endpoint_hides_no_fault_of_another(tmp_path: Path) -> None:
    endpoint = {"id": "vpce-0123456789abcdef0", **OUTSIDE}
    endpoints = [
        {**endpoint, "id": "vpce-1", "expires": "2026-11-21"},
        {**endpoint, "owner": ""},
        endpoint,
    ]

    assert paths(tmp_path, environment={"trusted_endpoints": endpoints}) == {
        "trusted_endpoints[0].id",
        "trusted_endpoints[0].expires",
        "trusted_endpoints[1].owner",
        "trusted_endpoints[2].id",
    }


def test_a_malformed_part_of_the_network_hides_no_fault_of_the_rest(
    tmp_path: Path,
) -> None:
    public = {"cidr": "8.8.0.0/24", "availability_zones": ["use1-az1"]}
    far = {"cidr": "ten", "availability_zones": ["us-east-2a"]}

    assert paths(tmp_path / "a", environment={"network": public}) == {
        "network.cidr",
        "network.availability_zones[0]",
    }
    assert paths(tmp_path / "b", environment={"network": far}) == {
        "network.cidr",
        "network.availability_zones[0]",
    }


def test_a_malformed_container_hides_no_fault_of_another(tmp_path: Path) -> None:
    far = "111122223333.dkr.ecr.us-west-2.amazonaws.com/f:1"
    containers = [
        {**CONTAINER, "image": "faces", "container_hostname": "a"},
        {**CONTAINER, "image": far, "container_hostname": "a"},
        {"environment": {"A-B": "1"}, "container_hostname": "b"},
    ]
    transform = {"model": {"containers": containers}}

    assert paths(tmp_path, environment={}, faces=transform) == {
        "model.containers[0].image",
        "model.containers[1].image",
        "model.containers[1].container_hostname",
        "model.containers[2].image",
        "model.containers[2].environment.A-B",
    }


def test_a_malformed_variable_hides_no_secret(tmp_path: Path) -> None:
    variables = {"environment": {"A-B": "1", "C": None, "DB_PASSWORD": "x"}}

    assert paths(tmp_path, environment={}, faces=variables) == {
        "environment.A-B",
        "environment.C",
        "environment.DB_PASSWORD",
    }


def test_a_malformed_part_of_an_output_hides_no_destination(tmp_path: Path) -> None:
    wrong = {"transform_output.assemble_with": "x"}

    assert paths(tmp_path, environment={}, one=wrong, two={}) == {
        "transform_output.assemble_with",
        "transform_output.s3_output_path",
    }


def test_a_malformed_output_path_is_one_problem(tmp_path: Path) -> None:
    wrong = {"transform_output.s3_output_path": "faces"}

    assert paths(tmp_path, environment={}, one=wrong, two={}) == {
        "transform_output.s3_output_path"
    }


def test_both_spellings_of_the_container_hide_no_fault(tmp_path: Path) -> None:
    far = "111122223333.dkr.ecr.us-west-2.amazonaws.com/f:1"
    both = {"model.containers": [{**CONTAINER, "image": far}]}

    assert "model.primary_container" in paths(tmp_path, environment={}, faces=both)
