import aws_cdk as cdk

from private_transform.transform_model import TransformModel
from tests.constructs.conftest import Resources
from tests.constructs.test_transform_job import TOKEN, requests
from tests.representative import FULL


def model(stack: cdk.Stack) -> TransformModel:
    return TransformModel(
        stack,
        "Model",
        service_token=TOKEN,
        environment="team",
        transform="scores",
        requests=requests(FULL),
        run="again",
        upload_command="upload it",
    )


def test_the_launcher_gets_the_request_and_what_must_be_there(
    stack: cdk.Stack, resources: Resources
) -> None:
    model(stack)
    (found,) = resources("Custom::TransformModel")
    assert found["Properties"] == {
        "ServiceToken": TOKEN,
        "Environment": "team",
        "Transform": "scores",
        "Request": requests(FULL).create_model(),
        "Artifacts": [{"Bucket": "the-models", "Key": "scores/prepare.tar.gz"}],
        "Run": "again",
        "UploadCommand": "upload it",
    }


def test_it_tells_its_name_and_its_digest(stack: cdk.Stack) -> None:
    made = model(stack)
    assert set(stack.resolve(made.model_name)) == {"Ref"}
    assert stack.resolve(made.digest)["Fn::GetAtt"][1] == "Digest"
