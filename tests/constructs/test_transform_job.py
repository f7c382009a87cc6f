from typing import Any, Literal

import aws_cdk as cdk
import pytest

from private_transform.environment import Transform
from private_transform.requests import Surroundings, TransformRequests
from private_transform.transform_job import TransformJob
from private_transform.transform_model import TransformModel
from tests.constructs.conftest import Resources
from tests.representative import FULL, PLAIN, SMOKED

TOKEN = "arn:aws:lambda:us-east-1:123456789012:function:provider"


def requests(transform: Transform) -> TransformRequests:
    return TransformRequests(
        tags={},
        transform=transform,
        role_arn="arn:aws:iam::123456789012:role/p/execution/faces",
        surroundings=Surroundings(
            models_bucket="the-models",
            inputs_bucket="the-inputs",
            outputs_bucket="the-outputs",
            key_arn="arn:aws:kms:us-east-1:123456789012:key/1",
            subnets=["subnet-1"],
            container_group="sg-containers",
            peers_group="sg-peers",
        ),
    )


def job(
    stack: cdk.Stack,
    transform: Transform = PLAIN,
    *,
    run: str = "1",
    completion: Literal["wait", "launch"] = "wait",
) -> TransformJob:
    model = TransformModel(
        stack,
        "Model",
        service_token=TOKEN,
        environment="team",
        transform=transform.name,
        requests=requests(transform),
        run=run,
        upload_command="upload it",
    )
    return TransformJob(
        stack,
        "Job",
        service_token=TOKEN,
        environment="team",
        transform=transform.name,
        model=model,
        requests=requests(transform),
        run=run,
        smoke_input=transform.smoke_input,
        max_failed_inputs=transform.max_failed_inputs,
        policy_digests={"models": "1"},
        completion=completion,
    )


def properties(resources: Resources) -> dict[str, Any]:
    (found,) = resources("Custom::TransformJob")
    rendered: dict[str, Any] = found["Properties"]
    return rendered


def test_the_launcher_gets_the_request_and_its_network(
    stack: cdk.Stack, resources: Resources
) -> None:
    job(stack, FULL)
    found = properties(resources)
    assert found["ServiceToken"] == TOKEN
    assert (found["Environment"], found["Transform"]) == ("team", "scores")
    assert found["Request"] == requests(FULL).create_transform_job()
    assert found["Network"] == requests(FULL).network
    assert found["ArtifactDigests"] == [
        {"S3Uri": "s3://the-models/scores/prepare.tar.gz", "Sha256": "1" * 64},
        {"S3Uri": "s3://shared-models/round/model.tar.gz", "Sha256": "2" * 64},
    ]
    assert found["Policies"] == {"models": "1"}
    assert found["MaxFailedInputs"] == 2
    assert found["Fallbacks"] == requests(FULL).fallbacks()
    assert found["MostInputs"] == 0


def test_a_smoke_run_reads_its_own_few_inputs_and_is_waited_for(
    stack: cdk.Stack, resources: Resources
) -> None:
    job(stack, SMOKED, completion="launch")
    found = properties(resources)
    assert found["Request"] == requests(SMOKED).smoke_job("smoke/")
    assert found["MostInputs"] == 10
    assert found["Completion"] == "wait"


@pytest.mark.parametrize("completion", ["wait", "launch"])
def test_run_and_completion_arrive(
    stack: cdk.Stack, resources: Resources, completion: Literal["wait", "launch"]
) -> None:
    job(stack, run="again", completion=completion)
    found = properties(resources)
    assert (found["Run"], found["Completion"]) == ("again", completion)


def test_a_new_model_is_a_reason_for_a_new_job(
    stack: cdk.Stack, resources: Resources
) -> None:
    job(stack)
    found = properties(resources)
    assert found["ModelName"] == {"Ref": "Model0301700E"}
    assert found["ModelDigest"] == {"Fn::GetAtt": ["Model0301700E", "Digest"]}


def test_it_tells_its_name_its_status_and_its_outputs(stack: cdk.Stack) -> None:
    made = job(stack)
    assert stack.resolve(made.job_name)["Fn::GetAtt"][1] == "JobName"
    assert stack.resolve(made.status)["Fn::GetAtt"][1] == "Status"
    assert stack.resolve(made.note)["Fn::GetAtt"][1] == "Note"
    assert stack.resolve(made.output_path)["Fn::GetAtt"][1] == "OutputPath"
