from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest

from private_transform.environment import ArtifactSource, Container, Model, Transform
from private_transform.execution_role import ExecutionRole
from private_transform.lock import Buckets
from tests.constructs.conftest import HERE, Resources
from tests.representative import FULL, PLAIN

PACKAGE = Container(
    model_package_name="arn:aws:sagemaker:us-east-1:123456789012:model-package/score/3"
)


def with_containers(*containers: Container) -> Transform:
    return replace(PLAIN, model=Model(containers=containers))


def alone(value: Any) -> Any:
    """The one element of a list that has no other."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@pytest.fixture
def statements(stack: cdk.Stack, resources: Resources) -> Any:
    """The statements of a transform's role by their Sid."""

    def render(
        transform: Transform, *sources: ArtifactSource
    ) -> dict[str, dict[str, Any]]:
        ExecutionRole(
            stack,
            "ExecutionRole",
            transform=transform,
            path="/p/execution/",
            place=HERE,
            key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            buckets=Buckets(
                models="arn:aws:s3:::the-models",
                inputs="arn:aws:s3:::the-inputs",
                outputs="arn:aws:s3:::the-outputs",
                control="arn:aws:s3:::the-control",
            ),
            artifact_sources=sources,
            subnets=["subnet-1"],
            security_groups=["sg-1"],
        )
        (role,) = resources("AWS::IAM::Role")
        (policy,) = role["Properties"]["Policies"]
        return {
            each["Sid"]: {name: alone(value) for name, value in each.items()}
            for each in policy["PolicyDocument"]["Statement"]
        }

    return render


def test_every_statement_names_what_it_is_about(statements: Any) -> None:
    for statement in statements(FULL).values():
        assert statement["Resource"]
        assert statement["Action"]


def test_a_model_package_of_which_nothing_is_named_opens_nothing(
    statements: Any,
) -> None:
    rendered = statements(with_containers(PACKAGE))
    assert {"ReadArtifacts", "PullImages", "SignInToRegistries"}.isdisjoint(rendered)


def source(s3_uri: str, key_arn: str | None = None) -> ArtifactSource:
    return ArtifactSource(
        s3_uri=s3_uri, key_arn=key_arn, reason="why", owner="who", expires=None
    )


def test_what_a_package_brings_is_read_where_the_file_says_it_lies(
    statements: Any,
) -> None:
    package = replace(
        PACKAGE,
        image="123456789012.dkr.ecr.us-east-1.amazonaws.com/score:3",
        model_data_url="s3://registry/score/3.tar.gz",
    )
    rendered = statements(with_containers(package), source("s3://registry/"))
    assert rendered["ReadArtifacts"]["Resource"] == (
        "arn:aws:s3:::registry/score/3.tar.gz"
    )
    assert rendered["PullImages"]["Resource"] == (
        "arn:aws:ecr:us-east-1:123456789012:repository/score"
    )


def test_each_of_several_containers_has_its_artifact_and_its_image(
    statements: Any,
) -> None:
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    rendered = statements(
        with_containers(
            Container(image=f"{registry}/a:1", model_data_url="a.tar.gz"),
            Container(image=f"{registry}/b:1"),
            Container(image=f"{registry}/c:1", model_data_url="s3://one/c.tar.gz"),
        ),
        source("s3://one/"),
    )
    assert rendered["ReadArtifacts"]["Resource"] == [
        "arn:aws:s3:::the-models/a.tar.gz",
        "arn:aws:s3:::one/c.tar.gz",
    ]
    assert rendered["PullImages"]["Resource"] == [
        f"arn:aws:ecr:us-east-1:123456789012:repository/{name}" for name in "abc"
    ]


def test_a_key_decrypts_only_the_artifacts_of_its_own_source(statements: Any) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1"
    rendered = statements(
        with_containers(
            Container(image=image, model_data_url="s3://one/a.tar.gz"),
            Container(image=image, model_data_url="s3://two/p/b.tar.gz"),
            Container(image=image, model_data_url="s3://two/p/c.tar.gz"),
        ),
        source("s3://one/"),
        source("s3://two/p/", "arn:aws:kms:us-east-1:123456789012:key/two"),
        source("s3://three/", "arn:aws:kms:us-east-1:123456789012:key/three"),
    )
    decrypting = {sid for sid in rendered if sid.startswith("Decrypt")}
    assert decrypting == {"DecryptArtifacts2"}
    statement = rendered["DecryptArtifacts2"]
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Resource"] == "arn:aws:kms:us-east-1:123456789012:key/two"
    assert statement["Condition"]["StringEquals"] == {
        "kms:ViaService": "s3.us-east-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": [
            "arn:aws:s3:::two",
            "arn:aws:s3:::two/p/b.tar.gz",
            "arn:aws:s3:::two/p/c.tar.gz",
        ],
    }


def test_an_image_that_two_containers_share_is_named_once(statements: Any) -> None:
    (container,) = PLAIN.model.containers
    rendered = statements(with_containers(container, container))
    assert rendered["PullImages"]["Resource"] == (
        "arn:aws:ecr:us-east-1:123456789012:repository/faces"
    )


def test_the_registry_of_another_account_and_region_is_named_as_it_is(
    statements: Any,
) -> None:
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/team/pytorch@sha256:00"
    rendered = statements(with_containers(Container(image=image)))
    assert rendered["PullImages"]["Resource"] == (
        "arn:aws:ecr:eu-west-1:763104351884:repository/team/pytorch"
    )


def test_captured_data_is_written_only_where_there_is_any(statements: Any) -> None:
    assert "captured/" not in str(statements(PLAIN)["WriteOutputs"])


def test_outputs_are_written_and_never_read(statements: Any) -> None:
    for statement in statements(FULL).values():
        if "s3:GetObject" in statement["Action"]:
            assert "the-outputs" not in str(statement["Resource"])
