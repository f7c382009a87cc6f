"""What the templates ask SageMaker for: in our network, isolated, under our key."""

import json
from datetime import timedelta
from typing import Any

import pytest

from private_transform.handlers.lifecycle import WAIT_LIMIT
from tests.synthesized import Synthesis


def model(synthesis: Synthesis, transform: str) -> dict[str, Any]:
    resource = synthesis.one("Custom::TransformModel", transform)
    found: dict[str, Any] = resource.properties["Request"]
    return found


def job(synthesis: Synthesis, transform: str) -> dict[str, Any]:
    resource = synthesis.one("Custom::TransformJob", transform)
    found: dict[str, Any] = resource.properties["Request"]
    return found


def names(synthesis: Synthesis) -> list[str]:
    return [transform.name for transform in synthesis.environment.transforms]


def groups(synthesis: Synthesis) -> tuple[str, str]:
    """The ids of the containers' group and of the peers' group."""
    containers, peers = synthesis.all("AWS::EC2::SecurityGroup")
    assert "Containers" in containers.properties["GroupDescription"]
    return containers.attribute("GroupId"), peers.attribute("GroupId")


def test_every_model_is_isolated_in_our_subnets(synthesis: Synthesis) -> None:
    subnets = [subnet.ref for subnet in synthesis.all("AWS::EC2::Subnet")]
    for name in names(synthesis):
        request = model(synthesis, name)
        assert request["EnableNetworkIsolation"] is True
        assert request["VpcConfig"]["Subnets"] == subnets


def test_only_a_job_with_several_instances_has_peers(kept: Synthesis) -> None:
    containers, peers = groups(kept)
    assert {
        name: model(kept, name)["VpcConfig"]["SecurityGroupIds"] for name in names(kept)
    } == {
        "faces": [containers],
        "scores": [containers, peers],
        "video": [containers],
    }


def test_a_job_is_checked_against_the_network_of_its_model(
    synthesis: Synthesis,
) -> None:
    for name in names(synthesis):
        resource = synthesis.one("Custom::TransformJob", name)
        assert resource.properties["Network"] == model(synthesis, name)["VpcConfig"]


def test_every_model_runs_with_the_role_of_its_transform(synthesis: Synthesis) -> None:
    for name in names(synthesis):
        role = synthesis.execution_role(name)
        assert model(synthesis, name)["ExecutionRoleArn"] == role.arn


def test_every_job_runs_the_model_of_its_transform(synthesis: Synthesis) -> None:
    for name in names(synthesis):
        made = synthesis.one("Custom::TransformModel", name)
        properties = synthesis.one("Custom::TransformJob", name).properties
        assert properties["ModelName"] == made.ref
        assert properties["ModelDigest"] == made.attribute("Digest")


def test_every_output_is_encrypted_with_our_key(synthesis: Synthesis) -> None:
    for name in names(synthesis):
        output = job(synthesis, name)["TransformOutput"]
        assert output["KmsKeyId"] == synthesis.key.arn
    for capture in captures(synthesis):
        assert capture["KmsKeyId"] == synthesis.key.arn


def test_every_volume_that_can_is_encrypted_with_our_key(kept: Synthesis) -> None:
    keys = {
        name: job(kept, name)["TransformResources"].get("VolumeKmsKeyId")
        for name in names(kept)
    }
    assert keys == {"faces": kept.key.arn, "scores": kept.key.arn, "video": None}


def test_jobs_read_and_write_in_the_buckets_of_the_environment(
    synthesis: Synthesis,
) -> None:
    data = synthesis.data_buckets
    for transform in synthesis.environment.transforms:
        request = job(synthesis, transform.name)
        source = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        assert source.startswith(f"s3://{data['inputs'].ref}/")
        target = request["TransformOutput"]["S3OutputPath"]
        path = transform.transform_output.s3_output_path
        assert target == f"s3://{data['outputs'].ref}/{path}"
    for capture in captures(synthesis):
        target = capture["DestinationS3Uri"]
        assert target == f"s3://{data['outputs'].ref}/captured/"


def test_the_launcher_knows_which_artifacts_must_be_there(kept: Synthesis) -> None:
    models = kept.data_buckets["models"].ref
    artifacts = {
        name: kept.one("Custom::TransformModel", name).properties["Artifacts"]
        for name in names(kept)
    }
    assert artifacts == {
        "faces": [{"Bucket": models, "Key": "faces/model.tar.gz"}],
        "scores": [{"Bucket": models, "Key": "scores/prepare.tar.gz"}],
        "video": [{"Bucket": models, "Key": "video/model.tar.gz"}],
    }


def test_a_declared_artifact_digest_decides_about_a_new_job(kept: Synthesis) -> None:
    digests = {
        name: kept.one("Custom::TransformJob", name).properties["ArtifactDigests"]
        for name in names(kept)
    }
    assert digests == {"faces": [], "scores": ["1" * 64, "2" * 64], "video": []}


@pytest.mark.parametrize(
    ("transform", "run", "completion"),
    [("faces", "1", "wait"), ("scores", "7", "launch")],
)
def test_run_and_completion_are_those_of_the_file(
    kept: Synthesis, transform: str, run: str, completion: str
) -> None:
    properties = kept.one("Custom::TransformJob", transform).properties
    assert (properties["Run"], properties["Completion"]) == (run, completion)


def test_one_provider_serves_all_custom_resources(synthesis: Synthesis) -> None:
    ours = [
        each
        for each in synthesis.resources
        if each.type
        in ("Custom::TransformModel", "Custom::TransformJob", "Custom::JobLogGroup")
    ]
    assert len(ours) == 1 + 2 * len(names(synthesis))
    (token,) = {each.properties["ServiceToken"] for each in ours}
    entry = synthesis.named(token)
    assert entry.properties["Handler"] == "framework.onEvent"
    assert entry.stack == "operations"


def test_models_and_jobs_tell_whose_they_are(kept: Synthesis) -> None:
    for name in names(kept):
        for request in (model(kept, name), job(kept, name)):
            tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
            assert tags["private-transform:environment"] == "prod"
            assert tags["private-transform:transform"] == name


def test_models_and_jobs_carry_the_tags_of_the_transform(kept: Synthesis) -> None:
    for request in (model(kept, "scores"), job(kept, "scores")):
        assert {"Key": "team", "Value": "customers"} in request["Tags"]


def test_the_handler_gives_up_before_the_waiter_and_before_cloudformation(
    synthesis: Synthesis,
) -> None:
    machine = synthesis.one("AWS::StepFunctions::StateMachine").properties
    steps = json.loads(machine["DefinitionString"])["States"]
    (retry,) = steps["framework-isComplete-task"]["Retry"]
    assert retry["BackoffRate"] == 1
    interval = timedelta(seconds=retry["IntervalSeconds"])
    assert interval * retry["MaxAttempts"] > WAIT_LIMIT
    for function in synthesis.functions_of_the_environment():
        last_call = interval + timedelta(seconds=function.properties["Timeout"])
        assert WAIT_LIMIT + last_call < timedelta(hours=1)


def captures(synthesis: Synthesis) -> list[dict[str, Any]]:
    return [
        request["DataCaptureConfig"]
        for request in (job(synthesis, name) for name in names(synthesis))
        if "DataCaptureConfig" in request
    ]
