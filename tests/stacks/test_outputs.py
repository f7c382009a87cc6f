"""What a person needs next stands in the outputs."""

import pytest

from tests.synthesized import Synthesis


def test_the_foundation_tells_its_buckets_endpoint_network_and_key(
    synthesis: Synthesis,
) -> None:
    outputs = synthesis.outputs("foundation")
    types = {
        name: synthesis.named(outputs[name]).type
        for name in outputs
        if not name.endswith("Policy") and name != "UploadCommand"
    }
    assert types == {
        "ModelsBucket": "AWS::S3::Bucket",
        "InputsBucket": "AWS::S3::Bucket",
        "OutputsBucket": "AWS::S3::Bucket",
        "ControlBucket": "AWS::S3::Bucket",
        "LogsBucket": "AWS::S3::Bucket",
        "EndpointId": "AWS::EC2::VPCEndpoint",
        "VpcId": "AWS::EC2::VPC",
        "KeyArn": "AWS::KMS::Key",
    }
    assert outputs["KeyArn"] == synthesis.key.arn


def test_no_two_buckets_are_taken_for_one_another(synthesis: Synthesis) -> None:
    outputs = synthesis.outputs("foundation")
    for name in ("Models", "Inputs", "Outputs", "Control", "Logs"):
        assert outputs[f"{name}Bucket"].startswith(f"<foundation/{name}")


def test_operations_tell_the_topic_and_what_became_of_the_job_logs(
    synthesis: Synthesis,
) -> None:
    outputs = synthesis.outputs("operations")
    assert outputs["TopicArn"] == synthesis.one("AWS::SNS::Topic").ref
    assert outputs["JobLogGroup"] == synthesis.one("Custom::JobLogGroup").attribute(
        "Note"
    )


def test_operations_tell_where_to_query(kept: Synthesis, discarded: Synthesis) -> None:
    outputs = kept.outputs("operations")
    assert outputs["Workgroup"] == kept.one("AWS::Athena::WorkGroup").ref
    assert outputs["Database"] == kept.one("AWS::Glue::Database").ref
    assert discarded.outputs("operations").keys() == {"TopicArn", "JobLogGroup"}


def test_a_transform_tells_its_job_and_where_to_look(synthesis: Synthesis) -> None:
    job = synthesis.one("Custom::TransformJob", "faces")
    outputs = synthesis.outputs("faces")
    assert outputs["JobName"] == job.attribute("JobName")
    assert outputs["JobStatus"] == job.attribute("Status")
    assert outputs["Outputs"] == job.attribute("OutputPath")


@pytest.mark.parametrize("output", ["JobConsole", "LogsConsole", "MetricsConsole"])
def test_links_lead_to_the_job_in_its_region(synthesis: Synthesis, output: str) -> None:
    link = synthesis.outputs("faces")[output]
    assert link.startswith("https://us-east-1.console.aws.amazon.com/")
    assert "region=us-east-1#" in link
    job = synthesis.one("Custom::TransformJob", "faces")
    assert job.attribute("JobName") in link


def test_the_command_that_uploads_is_told_at_once_and_where_an_artifact_is_missing(
    synthesis: Synthesis,
) -> None:
    command = f"make upload ENVIRONMENT={synthesis.environment.name} DATA=<folder>"
    assert synthesis.outputs("foundation")["UploadCommand"] == command
    model = synthesis.one("Custom::TransformModel", "faces").properties
    assert model["UploadCommand"] == command


def test_a_changed_run_reaches_the_model_too(synthesis: Synthesis) -> None:
    for transform in synthesis.environment.transforms:
        model = synthesis.one("Custom::TransformModel", transform.name).properties
        assert model["Run"] == transform.run


def test_a_transform_that_gets_runs_is_deployed_alone(discarded: Synthesis) -> None:
    """Operations export what a state machine calls before there is one."""
    (function,) = (
        each
        for each in discarded.functions_of_the_environment()
        if each.properties["Handler"] == "handlers.entry.run"
    )
    assert function.arn in discarded.exports("operations")
