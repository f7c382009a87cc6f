"""The model of one transform."""

import aws_cdk as cdk
from constructs import Construct

from private_transform.handlers.contract import MODEL_TYPE
from private_transform.requests import TransformRequests


class TransformModel(Construct):
    """A SageMaker model in the private network, isolated.

    A custom resource and not AWS::SageMaker::Model, because a model must outlive the
    jobs that use it and says what is missing in words that help.

    Args:
        service_token: The launcher's.
        environment: The environment's name.
        transform: The transform's name.
        requests: What to create.
        run: A change of it has a model made anew that vanished or was replaced.
        upload_command: What a person runs when the artifact is not there.

    Attributes:
        model_name: The model's name, once it exists.
        digest: Digest of the CreateModel request.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_token: str,
        environment: str,
        transform: str,
        requests: TransformRequests,
        run: str,
        upload_command: str,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=service_token,
            resource_type=MODEL_TYPE,
            properties={
                "Environment": environment,
                "Transform": transform,
                "Request": requests.create_model(),
                "Artifacts": requests.artifacts(),
                "Run": run,
                "UploadCommand": upload_command,
            },
        )
        self.model_name = resource.ref
        self.digest = resource.get_att_string("Digest")
