from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.embedded.scope import Scope
from rehearsal.engine import Location
from tests.rehearsal.sagemaker.fakes import ROLE
from tests.rehearsal.sagemaker.rehearsed import (
    NETWORK,
    RehearsedSageMaker,
    code_and_message,
)

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/echo"
UNREADABLE = (
    "ValidationException",
    "Could not access model data at s3://models/echo.tar.gz. Please ensure that the "
    f'role "{ROLE}" exists and that its trust relationship policy allows the action '
    '"sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure '
    'that the role has "s3:GetObject" permissions and that the object is located in '
    "us-east-1.",
)


def refused(sagemaker: RehearsedSageMaker, **changes: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        sagemaker.create_model(**changes)
    return code_and_message(raised.value)


def test_a_model_is_described_as_it_was_made(sagemaker: RehearsedSageMaker) -> None:
    assert sagemaker.create_model()["ModelArn"] == ARN

    described = sagemaker.client.describe_model(ModelName="Echo")

    assert described["ModelName"] == "Echo"
    assert described["ModelArn"] == ARN
    assert described["VpcConfig"] == NETWORK
    assert described["EnableNetworkIsolation"] is True
    assert described["ExecutionRoleArn"] == ROLE
    assert described["PrimaryContainer"] == {
        **sagemaker.container,
        "Mode": "SingleModel",
    }


def test_isolation_is_off_unless_a_model_asks_for_it(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.client.create_model(
        ModelName="Echo", PrimaryContainer=sagemaker.container, ExecutionRoleArn=ROLE
    )

    described = sagemaker.client.describe_model(ModelName="Echo")

    assert described["EnableNetworkIsolation"] is False


def test_a_name_is_taken_once(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()

    assert refused(sagemaker) == (
        "ValidationException",
        f'Cannot create already existing model "{ARN}".',
    )


def test_a_deleted_model_is_gone_and_its_name_free(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.client.delete_model(ModelName="Echo")
    gone = ("ValidationException", f'Could not find model "{ARN}".')

    with pytest.raises(ClientError) as described:
        sagemaker.client.describe_model(ModelName="Echo")
    with pytest.raises(ClientError) as deleted:
        sagemaker.client.delete_model(ModelName="Echo")

    assert code_and_message(described.value) == gone
    assert code_and_message(deleted.value) == gone
    sagemaker.create_model()


def test_models_are_seen_in_their_own_account_and_region(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.platform.where = Scope(account="123456789012", region="eu-west-1")

    assert sagemaker.client.list_models()["Models"] == []
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.client.describe_model(ModelName="Echo")


@pytest.mark.parametrize(
    "breakage", ["no role", "no trust", "no object", "no permission"]
)
def test_an_artifact_that_the_role_cannot_read_is_refused(
    sagemaker: RehearsedSageMaker, breakage: str
) -> None:
    # AWS: CreateModel, ExecutionRoleArn.
    platform = sagemaker.platform
    match breakage:
        case "no role":
            platform.roles.clear()
        case "no trust":
            platform.trusting.clear()
        case "no object":
            del platform.outside.objects[Location("models", "echo.tar.gz")]
        case "no permission":
            platform.inside.refused[Location("models", "")] = "AccessDenied"

    assert refused(sagemaker) == UNREADABLE


def test_a_role_must_trust_sagemaker_whatever_the_model_holds(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.platform.mistrusted.add(ARN)
    image = {"Image": sagemaker.container["Image"]}

    assert refused(sagemaker, PrimaryContainer=image) == (
        "ValidationException",
        f"Could not assume role {ROLE}. Please ensure that the role exists and allows "
        "principal 'sagemaker.amazonaws.com' to assume the role.",
    )


def test_the_artifact_is_read_through_the_models_endpoint(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.platform.outside.refused[Location("models", "")] = "AccessDenied"

    sagemaker.create_model()


def test_the_artifact_can_be_read_from_outside_instead(tmp_path: Path) -> None:
    sagemaker = RehearsedSageMaker(tmp_path, inside=False)
    sagemaker.platform.outside.refused[Location("models", "")] = "AccessDenied"

    assert refused(sagemaker) == UNREADABLE


def test_a_model_without_a_network_is_read_from_outside(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.platform.outside.refused[Location("models", "")] = "AccessDenied"

    with pytest.raises(ClientError, match="Could not access model data"):
        sagemaker.client.create_model(
            ModelName="Echo",
            PrimaryContainer=sagemaker.container,
            ExecutionRoleArn=ROLE,
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ModelName": "a_b"}, "at 'modelName' failed to satisfy constraint"),
        ({"ModelName": "x" * 64}, "length less than or equal to 63"),
        ({"PrimaryContainer": None}, "either a PrimaryContainer or Containers"),
        ({"ExecutionRoleArn": None}, "ExecutionRoleArn is required"),
        ({"PrimaryContainer": {"ModelDataUrl": "s3://b/k"}}, "either an Image or"),
        (
            {
                "PrimaryContainer": {
                    "Image": "i",
                    "Environment": {f"K{n}": "x" * 1024 for n in range(40)},
                }
            },
            "together may have 32768",
        ),
        (
            {"PrimaryContainer": {"Image": "i", "Environment": {"1A": "x"}}},
            "'primaryContainer.environment.key' failed to satisfy",
        ),
        (
            {"VpcConfig": {"Subnets": ["s"] * 17, "SecurityGroupIds": ["g"]}},
            "'vpcConfig.subnets' failed to satisfy",
        ),
        ({"VpcConfig": {"Subnets": ["s"]}}, "'vpcConfig.securityGroupIds' failed"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(
    sagemaker: RehearsedSageMaker, changes: dict[str, Any], said: str
) -> None:
    # AWS: CreateModel; ContainerDefinition; VpcConfig.
    request = {
        "ModelName": "Echo",
        "PrimaryContainer": sagemaker.container,
        "ExecutionRoleArn": ROLE,
        **changes,
    }

    status, answer = sagemaker.send("CreateModel", **request)

    assert status == 400
    assert answer["__type"] == "ValidationException"
    assert said in answer["message"]


def test_all_broken_constraints_are_named_at_once(
    sagemaker: RehearsedSageMaker,
) -> None:
    _, answer = sagemaker.send(
        "CreateModel", ModelName="a_b", ExecutionRoleArn="me", Containers=[]
    )

    assert answer["message"].startswith("3 validation errors detected: Value 'a_b' at")


def test_a_misspelt_member_is_refused(sagemaker: RehearsedSageMaker) -> None:
    status, answer = sagemaker.send("DescribeModel", ModelName="Echo", Modelname="x")

    assert (status, answer["__type"]) == (400, "SerializationException")
    assert "modelname" in answer["message"]


def test_lists_come_in_pages_that_neither_repeat_nor_miss(
    sagemaker: RehearsedSageMaker,
) -> None:
    for number in range(5):
        sagemaker.create_model(f"model-{number}")

    first = sagemaker.client.list_models(MaxResults=2)
    sagemaker.create_model("model-new")
    second = sagemaker.client.list_models(MaxResults=3, NextToken=first["NextToken"])

    names = [model["ModelName"] for model in first["Models"] + second["Models"]]
    assert names == [f"model-{number}" for number in (4, 3, 2, 1, 0)]
    assert "NextToken" not in second


def test_lists_are_sorted_and_filtered(sagemaker: RehearsedSageMaker) -> None:
    for name in ("b-face", "a-face", "table"):
        sagemaker.create_model(name)
    created = sagemaker.client.describe_model(ModelName="a-face")["CreationTime"]

    by_name = sagemaker.client.list_models(
        SortBy="Name", SortOrder="Ascending", NameContains="face"
    )
    later = sagemaker.client.list_models(CreationTimeAfter=created)

    assert [row["ModelName"] for row in by_name["Models"]] == ["a-face", "b-face"]
    assert [row["ModelName"] for row in later["Models"]] == ["table", "a-face"]


def test_a_token_of_somebody_else_is_refused(sagemaker: RehearsedSageMaker) -> None:
    with pytest.raises(ClientError, match="Invalid NextToken"):
        sagemaker.client.list_models(NextToken="abc")
