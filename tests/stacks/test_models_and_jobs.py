"""What the templates ask SageMaker for: in our network, isolated, under our key."""

import json
from datetime import timedelta
from typing import Any

import pytest

from private_transform.handlers.lifecycle import WAIT_LIMIT
from private_transform.handlers.names import digest
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
    """The transforms whose jobs are started by deployments."""
    return [
        transform.name
        for transform in synthesis.environment.transforms
        if transform.on_deploy != "none"
    ]


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
        "sampled": [containers],
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
    ours = kept.key.arn
    assert keys == {"faces": ours, "scores": ours, "video": None, "sampled": ours}


def test_the_types_that_are_tried_next_have_keys_of_their_own_kind(
    kept: Synthesis,
) -> None:
    fallbacks = kept.one("Custom::TransformJob", "scores").properties["Fallbacks"]
    assert [
        (each["InstanceType"], each["InstanceCount"], each.get("VolumeKmsKeyId"))
        for each in fallbacks
    ] == [("ml.m5.large", 2, kept.key.arn), ("ml.g5.xlarge", 2, None)]


def test_a_smoke_run_is_the_job_over_a_few_inputs_apart_from_results(
    kept: Synthesis,
) -> None:
    properties = kept.one("Custom::TransformJob", "sampled").properties
    whole, smoke = job(kept, "faces"), properties["Request"]
    data = kept.data_buckets
    source = smoke["TransformInput"]["DataSource"]["S3DataSource"]
    assert source["S3Uri"] == f"s3://{data['inputs'].ref}/smoke/"
    written = smoke["TransformOutput"]["S3OutputPath"]
    assert written == f"s3://{data['outputs'].ref}/sampled/smoke/"
    assert smoke["TransformResources"] == whole["TransformResources"]
    assert (properties["MostInputs"], properties["Completion"]) == (10, "wait")
    assert model(kept, "sampled")["VpcConfig"] == model(kept, "faces")["VpcConfig"]


def test_a_deployment_may_make_the_model_alone(kept: Synthesis) -> None:
    made = [each.stack for each in kept.all("Custom::TransformModel")]
    run = [each.stack for each in kept.all("Custom::TransformJob")]
    assert set(made) - set(run) == {"idle"}


def test_the_evidence_of_a_job_tells_the_policies_of_its_template(
    synthesis: Synthesis,
) -> None:
    """With the names that the digests hold in place of what a deployment names."""
    names_ = {
        synthesis.key.arn: "key",
        synthesis.one("AWS::EC2::VPCEndpoint").ref: "endpoint",
        synthesis.bucket("ControlBucket").arn: "control",
        **{bucket.arn: kind for kind, bucket in synthesis.data_buckets.items()},
        **{
            subnet.ref: f"subnet {number}"
            for number, subnet in enumerate(synthesis.all("AWS::EC2::Subnet"))
        },
        **dict(zip(groups(synthesis), ("container", "peers"), strict=True)),
    }

    def sha256(document: Any) -> str:
        text = json.dumps(document)
        for real, stand_in in names_.items():
            text = text.replace(real, stand_in)
        return digest(json.loads(text))

    locks = {
        kind: policy.properties["PolicyDocument"]
        for kind, bucket in synthesis.data_buckets.items()
        for policy in synthesis.all("AWS::S3::BucketPolicy")
        if policy.properties["Bucket"] == bucket.ref
    }
    endpoint = synthesis.one("AWS::EC2::VPCEndpoint").properties["PolicyDocument"]
    for name in names(synthesis):
        role = synthesis.execution_role(name)
        (rights,) = role.properties["Policies"]
        told = synthesis.one("Custom::TransformJob", name).properties["Policies"]
        assert told == {
            **{kind: sha256(document) for kind, document in locks.items()},
            "endpoint": sha256(endpoint),
            "execution_role": sha256(rights["PolicyDocument"]),
        }


def test_jobs_read_and_write_in_the_buckets_of_the_environment(
    synthesis: Synthesis,
) -> None:
    data = synthesis.data_buckets
    for transform in synthesis.environment.transforms:
        if transform.on_deploy == "none":
            continue
        request = job(synthesis, transform.name)
        source = request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        assert source.startswith(f"s3://{data['inputs'].ref}/")
        target = request["TransformOutput"]["S3OutputPath"]
        path = transform.transform_output.s3_output_path
        assert target.startswith(f"s3://{data['outputs'].ref}/{path}")
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
        "sampled": [{"Bucket": models, "Key": "faces/model.tar.gz"}],
    }


def test_a_declared_artifact_digest_decides_about_a_new_job(kept: Synthesis) -> None:
    digests = {
        name: kept.one("Custom::TransformJob", name).properties["ArtifactDigests"]
        for name in names(kept)
    }
    declared = [
        {
            "S3Uri": f"s3://{kept.data_buckets['models'].ref}/scores/prepare.tar.gz",
            "Sha256": "1" * 64,
        },
        {"S3Uri": "s3://shared-models/round/model.tar.gz", "Sha256": "2" * 64},
    ]
    assert digests == {"faces": [], "scores": declared, "video": [], "sampled": []}


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
    models = len(synthesis.environment.transforms)
    assert len(ours) == 1 + models + len(names(synthesis))
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
    machine = synthesis.one("AWS::StepFunctions::StateMachine", "operations").properties
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
