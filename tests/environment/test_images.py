"""Images that AWS publishes, named by framework or algorithm."""

from pathlib import Path
from typing import Any

import pytest

from private_transform.environment.catalogue import REGIONS
from private_transform.environment.images import OBJECT_DETECTION_ACCOUNTS
from tests.environment.folders import loaded, problems, written

IMAGE = "model.primary_container.image"


def image(
    folder: Path, named: dict[str, str], *, instance_type: str, region: str
) -> str | None:
    changes = {IMAGE: named, "transform_resources.instance_type": instance_type}
    environment: dict[str, Any] = {
        "region": region,
        "network.availability_zones": [f"{region}a"],
        "people": {},
        "limits.require_volume_key": False,
    }
    loaded_ = loaded(
        written(folder, environment=environment, transforms={"faces": changes})
    )
    return loaded_.transforms[0].model.containers[0].image


@pytest.mark.parametrize(
    ("named", "instance_type", "region", "uri"),
    [
        (
            {"framework": "pytorch", "version": "2.6"},
            "ml.m5.large",
            "us-east-1",
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/"
            "pytorch-inference:2.6.0-cpu-py312",
        ),
        (
            {"framework": "pytorch", "version": "2.5"},
            "ml.g5.xlarge",
            "ap-east-1",
            "871362719292.dkr.ecr.ap-east-1.amazonaws.com/"
            "pytorch-inference:2.5.1-gpu-py311",
        ),
        (
            {"framework": "tensorflow", "version": "2.19"},
            "ml.c5.xlarge",
            "eu-west-1",
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/"
            "tensorflow-inference:2.19.0-cpu",
        ),
        (
            {"algorithm": "object-detection", "version": "1"},
            "ml.m5.large",
            "eu-west-1",
            "685385470294.dkr.ecr.eu-west-1.amazonaws.com/object-detection:1",
        ),
    ],
)
def test_a_name_becomes_a_uri_of_the_region_and_the_processor(
    tmp_path: Path, named: dict[str, str], instance_type: str, region: str, uri: str
) -> None:
    assert image(tmp_path, named, instance_type=instance_type, region=region) == uri


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"framework": "caffe", "version": "1"}, "pytorch, tensorflow"),
        ({"framework": "pytorch", "version": "9"}, "A version of pytorch"),
        ({"framework": "pytorch"}, "{framework, version}"),
        ({"algorithm": "xgboost", "version": "1"}, "object-detection"),
        ({"algorithm": "object-detection", "version": "latest"}, "one of 1"),
        ({"framework": ["pytorch"], "version": "2.6"}, "A framework"),
        ({}, "{algorithm, version}"),
    ],
)
def test_a_name_that_is_not_known_is_refused(
    tmp_path: Path, named: dict[str, Any], sentence: str
) -> None:
    (problem,) = problems(written(tmp_path, transforms={"faces": {IMAGE: named}}))

    assert problem.path == IMAGE
    assert sentence in problem.rule


@pytest.mark.parametrize(
    ("named", "region"),
    [
        ({"framework": "pytorch", "version": "2.6"}, "af-south-1"),
        ({"algorithm": "object-detection", "version": "1"}, "eu-south-2"),
    ],
)
def test_a_region_whose_account_is_not_known_is_refused(
    tmp_path: Path, named: dict[str, str], region: str
) -> None:
    folder = written(
        tmp_path,
        environment={
            "region": region,
            "network.availability_zones": [f"{region}a"],
        },
        transforms={"faces": {IMAGE: named}},
    )

    (problem,) = problems(folder)

    assert f"in {region} is not known" in problem.rule
    assert problem.fix == "Write the image's URI."


def test_a_published_image_in_a_region_that_is_not_known_raises_one_problem(
    tmp_path: Path,
) -> None:
    folder = written(
        tmp_path,
        environment={"region": "moon-1", "limits.registries": []},
        transforms={
            "faces": {IMAGE: {"algorithm": "object-detection", "version": "1"}}
        },
    )

    assert [problem.path for problem in problems(folder)] == ["region"]


def test_the_accounts_of_object_detection_are_of_regions_that_exist() -> None:
    assert set(OBJECT_DETECTION_ACCOUNTS) <= set(REGIONS)
