from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from private_transform.environment import Container, Model, Transform
from private_transform.execution_role import ExecutionRole
from tests.constructs.conftest import Resources
from tests.representative import FULL, PLAIN

PACKAGE = Container(
    model_package_name="arn:aws:sagemaker:us-east-1:123456789012:model-package/score/3"
)


def with_containers(*containers: Container) -> Transform:
    return replace(PLAIN, model=Model(containers=containers))


@pytest.fixture
def statements(stack: cdk.Stack, resources: Resources, key: kms.IKey) -> Any:
    """The statements of a transform's role by their Sid."""

    def render(transform: Transform) -> dict[str, dict[str, Any]]:
        buckets = {
            f"{kind}_bucket": s3.Bucket.from_bucket_name(stack, kind, f"the-{kind}")
            for kind in ("models", "inputs", "outputs", "control")
        }
        ExecutionRole(
            stack,
            "ExecutionRole",
            transform=transform,
            path="/p/execution/",
            key=key,
            subnets=["subnet-1"],
            security_groups=["sg-1"],
            **buckets,
        )
        (policy,) = resources("AWS::IAM::Policy")
        return {
            each["Sid"]: each
            for each in policy["Properties"]["PolicyDocument"]["Statement"]
        }

    return render


def test_every_statement_names_what_it_is_about(statements: Any) -> None:
    for statement in statements(FULL).values():
        assert statement["Resource"]
        assert statement["Action"]


def test_a_model_package_needs_no_artifact_and_no_image_of_ours(
    statements: Any,
) -> None:
    rendered = statements(with_containers(PACKAGE))
    assert {"ReadArtifacts", "PullImages", "SignInToRegistries"}.isdisjoint(rendered)


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
