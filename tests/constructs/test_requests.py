"""Requests cover every field of AWS's API that works with a transform job."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from private_transform.environment import Model, Transform
from private_transform.handlers.typed import BOOLEANS, INTEGERS, MAPS
from private_transform.requests import (
    Surroundings,
    TransformRequests,
)
from tests.representative import FULL, LOCAL_DISKS, PLAIN

NOT_RENDERED = {
    "CreateModel": {
        "ModelName": "the launcher derives it from the request",
        "InferenceExecutionConfig": "chooses how an endpoint invokes its containers; "
        "a transform always runs them in sequence",
        "ImageConfig": "a private registry in the VPC: images come from Amazon ECR, "
        "which the isolated network reaches without it",
        "ContainerMetricsConfig": "metrics that an endpoint scrapes from containers",
        "Mode": "MultiModel is for endpoints; SingleModel is the default",
        "ModelDataSource": "documented as not usable with batch transform",
        "AdditionalModelDataSources": "adapters for endpoints",
        "MultiModelConfig": "for multi-model endpoints",
    },
    "CreateTransformJob": {
        "TransformJobName": "the launcher derives it from the request",
        "ModelName": "the launcher takes it from the model it has made",
    },
}
"""Fields that are left out, by operation, and why."""

SINGLES = tuple(
    replace(FULL, model=Model(containers=(container,)))
    for container in FULL.model.containers
)
"""Each of the containers alone."""


@cache
def operation(name: str) -> Any:
    service = botocore.session.get_session().get_service_model("sagemaker")
    return service.operation_model(name).input_shape


def render(transform: Transform) -> dict[str, dict[str, Any]]:
    requests = TransformRequests(
        tags={"cost-centre": "platform", "stage": "test"},
        transform=transform,
        role_arn="arn:aws:iam::123456789012:role/company/execution/faces",
        surroundings=Surroundings(
            models_bucket="the-models",
            inputs_bucket="the-inputs",
            outputs_bucket="the-outputs",
            key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            subnets=["subnet-1", "subnet-2"],
            container_group="sg-containers",
            peers_group="sg-peers",
        ),
    )
    return {
        "CreateModel": requests.create_model(),
        "CreateTransformJob": requests.create_transform_job(),
    }


def known(shape: Any, path: str, left_out: Mapping[str, str]) -> Iterator[str]:
    """The paths of every field below a shape, without what is left out."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in left_out:
                yield from known(member, f"{path}.{name}", left_out)
    elif shape.type_name == "list":
        yield from known(shape.member, f"{path}[]", left_out)
    else:
        yield path


def given(value: Any, shape: Any, path: str) -> Iterator[str]:
    """The paths of every field of a request; a map's keys are its user's."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from given(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for member in value:
            yield from given(member, shape.member, f"{path}[]")
    else:
        yield path


def scalars(shape: Any, left_out: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Name and type of every field below a shape that is no structure."""
    for name, member in shape.members.items():
        inner = member.member if member.type_name == "list" else member
        if name in left_out:
            continue
        if inner.type_name == "structure":
            yield from scalars(inner, left_out)
        else:
            yield name, inner.type_name


@pytest.mark.parametrize("name", NOT_RENDERED)
def test_every_field_is_rendered_or_left_out_for_a_reason(name: str) -> None:
    rendered = {
        path
        for transform in (FULL, *SINGLES)
        for path in given(render(transform)[name], operation(name), name)
    }
    assert rendered == set(known(operation(name), name, NOT_RENDERED[name]))


@pytest.mark.parametrize("name", NOT_RENDERED)
def test_what_is_left_out_exists(name: str) -> None:
    everything = ".".join(known(operation(name), name, {})).replace("[]", "").split(".")
    assert set(NOT_RENDERED[name]) <= set(everything)


@pytest.mark.parametrize("transform", [PLAIN, FULL, LOCAL_DISKS, *SINGLES])
def test_requests_are_valid_once_they_have_their_names(transform: Transform) -> None:
    names = {
        "CreateModel": {"ModelName": "prod-x-0-0"},
        "CreateTransformJob": {
            "ModelName": "prod-x-0-0",
            "TransformJobName": "prod-x-0-1",
        },
    }
    for name, request in render(transform).items():
        report = ParamValidator().validate({**request, **names[name]}, operation(name))
        assert not report.has_errors(), report.generate_report()


def test_scalars_that_lose_their_type_on_the_way_are_given_it_back() -> None:
    found: dict[str, set[str]] = {}
    for name, left_out in NOT_RENDERED.items():
        for field, type_name in scalars(operation(name), left_out):
            found.setdefault(type_name, set()).add(field)
    assert found.pop("integer") == INTEGERS
    assert found.pop("boolean") == BOOLEANS
    assert found.pop("map") == MAPS
    assert set(found) == {"string"}


def test_what_the_file_leaves_out_is_left_to_sagemaker() -> None:
    assert set(render(PLAIN)["CreateTransformJob"]) == {
        "Tags",
        "TransformInput",
        "TransformOutput",
        "TransformResources",
    }
    assert set(render(PLAIN)["CreateModel"]["PrimaryContainer"]) == {
        "Image",
        "ModelDataUrl",
    }


def test_values_of_the_file_arrive_unchanged() -> None:
    job = render(FULL)["CreateTransformJob"]
    assert job["DataProcessing"] == {
        "InputFilter": "$[1:]",
        "OutputFilter": "$[0,-1]",
        "JoinSource": "Input",
    }
    assert job["ModelClientConfig"] == {
        "InvocationsTimeoutInSeconds": 600,
        "InvocationsMaxRetries": 1,
    }
    assert job["ExperimentConfig"] == {
        "ExperimentName": "customers",
        "TrialName": "monthly",
        "TrialComponentDisplayName": "score",
        "RunName": "november",
    }
    assert job["Environment"] == {"InstanceCount": "not a number", "THRESHOLD": "0.5"}
    assert (job["MaxConcurrentTransforms"], job["MaxPayloadInMB"]) == (4, 6)
    assert job["BatchStrategy"] == "MultiRecord"
    assert job["TransformInput"] == {
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": "s3://the-inputs/customers/",
            }
        },
        "ContentType": "text/csv",
        "CompressionType": "Gzip",
        "SplitType": "Line",
    }
    assert job["TransformOutput"]["Accept"] == "text/csv"
    assert job["TransformOutput"]["AssembleWith"] == "Line"
    assert job["TransformResources"]["InstanceCount"] == 2
    assert job["DataCaptureConfig"]["GenerateInferenceId"] is True


def test_one_container_is_primary_and_several_answer_in_sequence() -> None:
    assert "Containers" not in render(PLAIN)["CreateModel"]
    model = render(FULL)["CreateModel"]
    assert "PrimaryContainer" not in model
    assert [each.get("ContainerHostname") for each in model["Containers"]] == [
        "prepare",
        "score",
        None,
    ]


def test_artifacts_are_in_our_bucket_unless_the_file_names_another() -> None:
    first, second, third = render(FULL)["CreateModel"]["Containers"]
    assert first["ModelDataUrl"] == "s3://the-models/scores/prepare.tar.gz"
    assert {"Image", "ModelDataUrl"}.isdisjoint(second)
    assert third["ModelDataUrl"] == "s3://shared-models/round/model.tar.gz"


def test_a_manifest_is_looked_for_in_the_inputs_bucket() -> None:
    source = render(LOCAL_DISKS)["CreateTransformJob"]["TransformInput"]["DataSource"]
    assert source["S3DataSource"] == {
        "S3DataType": "ManifestFile",
        "S3Uri": "s3://the-inputs/lists/video.manifest",
    }


def test_models_and_jobs_carry_the_environments_tags_and_the_transforms_win() -> None:
    transform = replace(FULL, tags={"cost-centre": "vision"})
    for request in render(transform).values():
        tags = {each["Key"]: each["Value"] for each in request["Tags"]}
        assert tags["cost-centre"] == "vision"
        assert tags["stage"] == "test"
        assert tags["private-transform:transform"] == FULL.name
