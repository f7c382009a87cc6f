"""The perimeter says who the files say, and inside and outside as they say."""

from dataclasses import replace

import pytest

from private_transform.access import (
    model_packages,
    perimeter,
    role_arns,
    role_path,
)
from private_transform.environment import Environment
from private_transform.lock import ArtifactPlace
from tests.representative import DISCARDED, KEPT

ROLE = "arn:aws:iam::123456789012:role"


def test_roles_lie_below_path_environment_and_region() -> None:
    assert role_path(KEPT) == "/company/ml/prod-us-east-1/"
    assert role_path(KEPT, "execution/") == "/company/ml/prod-us-east-1/execution/"
    assert role_arns(DISCARDED, "aws", "launcher/") == (
        f"{ROLE}/private-transform/trial-us-east-1/launcher/*"
    )


def test_an_environment_of_the_same_name_elsewhere_is_not_let_in() -> None:
    elsewhere = replace(KEPT, region="eu-west-1")
    here = perimeter(KEPT, partition="aws").environment_roles.rstrip("*")
    there = perimeter(elsewhere, partition="aws").environment_roles.rstrip("*")
    assert not here.startswith(there)
    assert not there.startswith(here)


def test_people_are_let_in_by_their_duty() -> None:
    made = perimeter(KEPT, partition="aws")
    people = KEPT.people
    assert made.uploaders == tuple(person.role for person in people.uploaders)
    assert made.readers == (f"{ROLE}/team/reader",)
    assert made.key_administrators == (f"{ROLE}/key-administrator",)
    assert made.break_glass == (f"{ROLE}/break-glass",)
    assert made.analysts == (f"{ROLE}/analyst",)
    assert made.query_prefix == "query-results/"


def test_only_people_with_a_leave_act_from_outside() -> None:
    made = perimeter(KEPT, partition="aws")
    assert made.uploaders_outside == (f"{ROLE}/uploader",)
    assert made.readers_outside == ()


def test_artifacts_come_from_the_named_sources_of_their_owners() -> None:
    made = perimeter(KEPT, partition="aws")
    assert made.artifact_places == (
        ArtifactPlace(objects="arn:aws:s3:::shared-models/*", account="123456789012"),
        ArtifactPlace(
            objects="arn:aws:s3:::registry-models/score/*", account="210987654321"
        ),
        ArtifactPlace(
            objects="arn:aws:s3:::unused-models/released/*", account="210987654321"
        ),
    )
    assert perimeter(DISCARDED, partition="aws").artifact_places == ()


def test_packages_are_those_of_all_transforms_each_once() -> None:
    (package,) = model_packages(KEPT)
    assert package.endswith(":model-package/score/3")
    twice = replace(KEPT, transforms=(*KEPT.transforms, *KEPT.transforms))
    assert model_packages(twice) == (package,)
    assert model_packages(DISCARDED) == ()


def test_execution_and_launcher_roles_are_told_apart() -> None:
    made = perimeter(DISCARDED, partition="aws")
    assert made.execution_roles == role_arns(DISCARDED, "aws", "execution/")
    assert made.launcher_roles == role_arns(DISCARDED, "aws", "launcher/")


def test_the_deployment_role_is_that_of_the_bootstrap() -> None:
    assert perimeter(KEPT, partition="aws").deployment_roles == (
        f"{ROLE}/cdk-company01-cfn-exec-role-123456789012-us-east-1",
    )


@pytest.mark.parametrize(("environment", "on"), [(KEPT, True), (DISCARDED, False)])
def test_switches_are_those_of_the_file(environment: Environment, on: bool) -> None:
    made = perimeter(environment, partition="aws")
    assert (made.sagemaker_api_reads, made.lock_management) == (on, on)
