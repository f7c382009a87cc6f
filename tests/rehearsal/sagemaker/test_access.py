from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sagemaker.fakes import ROLE
from tests.rehearsal.sagemaker.rehearsed import (
    NETWORK,
    RehearsedSageMaker,
    code_and_message,
)

MODEL = "arn:aws:sagemaker:us-east-1:123456789012:model/echo"
JOB = "arn:aws:sagemaker:us-east-1:123456789012:transform-job/echo-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
TAGS = [{"Key": "team", "Value": "vision"}]


def act(sagemaker: RehearsedSageMaker, action: str) -> None:
    """Do what needs the action, after everything that it builds on."""
    client = sagemaker.client
    match action:
        case "sagemaker:CreateModel" | "iam:PassRole":
            sagemaker.create_model()
        case "sagemaker:DescribeModel":
            client.describe_model(ModelName="Echo")
        case "sagemaker:DeleteModel":
            client.delete_model(ModelName="Echo")
        case "sagemaker:ListModels":
            client.list_models()
        case "sagemaker:CreateTransformJob":
            sagemaker.create_job()
        case "sagemaker:DescribeTransformJob":
            client.describe_transform_job(TransformJobName="echo-1")
        case "sagemaker:ListTransformJobs":
            client.list_transform_jobs()
        case "sagemaker:StopTransformJob":
            client.stop_transform_job(TransformJobName="echo-1")
        case "sagemaker:AddTags":
            client.add_tags(ResourceArn=MODEL, Tags=TAGS)
        case "sagemaker:ListTags":
            client.list_tags(ResourceArn=MODEL)
        case "sagemaker:DeleteTags":
            client.delete_tags(ResourceArn=MODEL, TagKeys=["team"])


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:CreateModel", MODEL),
        ("iam:PassRole", ROLE),
        ("sagemaker:DescribeModel", MODEL),
        ("sagemaker:DeleteModel", MODEL),
        ("sagemaker:ListModels", "*"),
        ("sagemaker:CreateTransformJob", JOB),
        ("sagemaker:DescribeTransformJob", JOB),
        ("sagemaker:ListTransformJobs", "*"),
        ("sagemaker:StopTransformJob", JOB),
        ("sagemaker:AddTags", MODEL),
        ("sagemaker:ListTags", MODEL),
        ("sagemaker:DeleteTags", MODEL),
    ],
)
def test_each_operation_needs_its_action_on_its_resource(
    sagemaker: RehearsedSageMaker, action: str, resource: str
) -> None:
    # AWS: Actions, resources, and condition keys for Amazon SageMaker.
    sagemaker.platform.denied.add(("caller", action))

    with pytest.raises(ClientError) as raised:
        act(sagemaker, action)

    assert code_and_message(raised.value) == (
        "AccessDeniedException",
        f"User: caller is not authorized to perform: {action}",
    )
    assert sagemaker.platform.resources_of("caller", action) == [resource]


def test_create_model_shows_its_network_to_policies(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model(Tags=TAGS)

    conditions = sagemaker.platform.conditions_of("caller", "sagemaker:CreateModel")
    assert conditions == {
        "sagemaker:VpcSubnets": NETWORK["Subnets"],
        "sagemaker:VpcSecurityGroupIds": NETWORK["SecurityGroupIds"],
        "sagemaker:NetworkIsolation": "true",
        "aws:RequestTag/team": "vision",
        "aws:TagKeys": ["team"],
    }


def test_create_model_without_a_network_has_no_network_keys(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.client.create_model(
        ModelName="Echo", PrimaryContainer=sagemaker.container, ExecutionRoleArn=ROLE
    )

    assert sagemaker.platform.conditions_of("caller", "sagemaker:CreateModel") == {}


def test_the_role_is_passed_to_sagemaker_only(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()

    assert sagemaker.platform.conditions_of("caller", "iam:PassRole") == {
        "iam:PassedToService": "sagemaker.amazonaws.com",
        "iam:AssociatedResourceArn": MODEL,
    }


def test_create_transform_job_shows_model_instances_and_keys_to_policies(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.create_job(
        TransformResources={
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeKmsKeyId": KEY,
        },
        TransformOutput={"S3OutputPath": "s3://outputs/out/", "KmsKeyId": "2"},
    )

    asked = sagemaker.platform.conditions_of("caller", "sagemaker:CreateTransformJob")
    assert asked == {
        "sagemaker:InstanceTypes": ["ml.m5.large"],
        "sagemaker:ModelArn": MODEL,
        "sagemaker:VolumeKmsKeyArn": KEY,
        "sagemaker:OutputKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/2",
    }


@pytest.mark.parametrize("operation", ["CreateModel", "CreateTransformJob"])
def test_tags_at_creation_need_add_tags(
    sagemaker: RehearsedSageMaker, operation: str
) -> None:
    make: dict[str, Any] = {
        "CreateModel": sagemaker.create_model,
        "CreateTransformJob": sagemaker.create_job,
    }
    if operation == "CreateTransformJob":
        sagemaker.create_model()
    sagemaker.platform.denied.add(("caller", "sagemaker:AddTags"))

    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:AddT"):
        make[operation](Tags=TAGS)

    conditions = sagemaker.platform.conditions_of("caller", "sagemaker:AddTags")
    assert conditions["sagemaker:TaggingAction"] == operation
    make[operation]()


def test_tags_of_a_resource_are_shown_to_policies(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model(Tags=TAGS)
    sagemaker.client.describe_model(ModelName="Echo")

    conditions = sagemaker.platform.conditions_of("caller", "sagemaker:DescribeModel")
    assert conditions == {
        "aws:ResourceTag/team": "vision",
        "sagemaker:ResourceTag/team": "vision",
    }


def test_tags_are_added_listed_and_deleted(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model(Tags=TAGS)
    client = sagemaker.client

    client.add_tags(ResourceArn=MODEL, Tags=[{"Key": "a", "Value": "b"}])
    client.delete_tags(ResourceArn=MODEL, TagKeys=["team"])

    assert client.list_tags(ResourceArn=MODEL)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_tags_need_a_resource_that_is_there(sagemaker: RehearsedSageMaker) -> None:
    with pytest.raises(ClientError, match="Could not find the resource"):
        sagemaker.client.list_tags(ResourceArn=MODEL)


def test_a_resource_has_at_most_fifty_tags(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model(Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])

    with pytest.raises(ClientError, match="may have 50 tags"):
        sagemaker.client.add_tags(ResourceArn=MODEL, Tags=TAGS)
