"""Faults in models and jobs, and what they make a deployment run."""

from typing import Any

from tests.review.draft import OPERATIONS, Draft, Edit, add, no_prop, prop
from tests.review.mutant import Mutant, faulty

_OUTPUT = ("Request", "TransformOutput")
_MACHINES = ("Request", "TransformResources")
_TOKEN = "arn:aws:lambda:us-east-1:999999999999:function:theirs"


def _job(*path: Any, part: str = "faces") -> Edit:
    return prop("Job", *path, part=part)


def _model(*path: Any, part: str = "faces") -> Edit:
    return prop("Model", *path, part=part)


def _served_by_another_function_of_ours(draft: Draft) -> None:
    resources = draft.templates[OPERATIONS]
    name = draft.logical_id("LauncherIsComplete", OPERATIONS)
    resources["Outputs"]["Another"] = {
        "Value": {"Fn::GetAtt": [name, "Arn"]},
        "Export": {"Name": "another-function"},
    }
    draft.properties("Job", "faces")["ServiceToken"] = {
        "Fn::ImportValue": "another-function"
    }


def _without_extension(draft: Draft) -> None:
    code = draft.properties("LauncherOnEvent", OPERATIONS)["Code"]
    code["S3Key"] = code["S3Key"].removesuffix(".zip")


AT_JOBS: tuple[Mutant, ...] = (
    faulty(
        "jobs-limited",
        "a deployment's job is on a hundred instances",
        _job(*_MACHINES, "InstanceCount", "100", part="scores"),
        "Job",
        base="everything",
    ),
    faulty(
        "models-placed",
        "a model leaves the network",
        no_prop("Model", "Request", "VpcConfig", part="faces"),
        "Model",
    ),
    faulty(
        "models-placed",
        "a model is in a foreign group",
        _model("Request", "VpcConfig", "SecurityGroupIds", ["sg-0123456789abcdef0"]),
        "Model",
    ),
    faulty(
        "models-placed",
        "a model is in a foreign subnet as well",
        _model("Request", "VpcConfig", "Subnets", 2, "subnet-0123456789abcdef0"),
        "Model",
    ),
    faulty(
        "models-placed",
        "a model is not isolated",
        _model("Request", "EnableNetworkIsolation", "false"),
        "Model",
    ),
    faulty(
        "models-placed",
        "a job's model is looked for elsewhere",
        _job("Network", "Subnets", ["subnet-0123456789abcdef0"]),
        "Job",
    ),
    faulty(
        "models-placed",
        "a model is made past the launcher",
        add(
            "Direct",
            "AWS::SageMaker::Model",
            "faces",
            ExecutionRoleArn="@ExecutionRole.Arn",
        ),
        "Direct",
    ),
    faulty(
        "models-placed",
        "a notebook",
        add(
            "Notebook",
            "AWS::SageMaker::NotebookInstance",
            "faces",
            InstanceType="ml.t3.medium",
            RoleArn="@ExecutionRole.Arn",
        ),
        "Notebook",
    ),
    faulty(
        "models-placed",
        "a model runs with the role of a stranger",
        _model("Request", "ExecutionRoleArn", "arn:aws:iam::999999999999:role/theirs"),
        "Model",
    ),
    faulty(
        "jobs-encrypted",
        "outputs without a key",
        no_prop("Job", *_OUTPUT, "KmsKeyId", part="faces"),
        "Job",
    ),
    faulty(
        "jobs-encrypted",
        "volumes without a key",
        no_prop("Job", *_MACHINES, "VolumeKmsKeyId", part="faces"),
        "Job",
    ),
    faulty(
        "jobs-encrypted",
        "volumes of a fallback without a key",
        no_prop("Job", "Fallbacks", 0, "VolumeKmsKeyId", part="scores"),
        "Job",
        base="everything",
    ),
    faulty(
        "jobs-encrypted",
        "captured data without a key",
        no_prop("Job", "Request", "DataCaptureConfig", "KmsKeyId", part="scores"),
        "Job",
        base="everything",
    ),
    faulty(
        "jobs-on-our-buckets",
        "outputs go elsewhere",
        _job(*_OUTPUT, "S3OutputPath", "s3://elsewhere/faces/"),
        "Job",
    ),
    faulty(
        "jobs-on-our-buckets",
        "inputs come from elsewhere",
        _job(
            "Request",
            "TransformInput",
            "DataSource",
            "S3DataSource",
            "S3Uri",
            "s3://elsewhere/photos/",
        ),
        "Job",
    ),
    faulty(
        "jobs-on-our-buckets",
        "captured data go elsewhere",
        _job(
            "Request",
            "DataCaptureConfig",
            "DestinationS3Uri",
            "s3://elsewhere/",
            part="scores",
        ),
        "Job",
        base="everything",
    ),
    faulty(
        "custom-resources-ours",
        "a stranger's function serves a job",
        _job("ServiceToken", _TOKEN),
        "Job",
    ),
    faulty(
        "custom-resources-ours",
        "a topic serves a model",
        _model("ServiceToken", "arn:aws:sns:us-east-1:123456789012:theirs"),
        "Model",
    ),
    faulty(
        "custom-resources-ours",
        "a function of ours serves a job, and is not the launcher",
        _served_by_another_function_of_ours,
        "Job",
    ),
    faulty(
        "jobs",
        "four instances",
        _job(*_MACHINES, "InstanceCount", 4),
        "",
        severity="medium",
        rule="job-run-again",
    ),
    faulty(
        "jobs",
        "another run",
        _job("Run", "2"),
        "",
        severity="medium",
        rule="job-run-again",
    ),
    faulty(
        "jobs",
        "another image",
        lambda draft: _another_image(draft.properties("Model", "faces")),
        "",
        severity="medium",
        rule="job-run-again",
    ),
    faulty(
        "jobs",
        "artifacts of somebody else",
        lambda draft: _another_artifact(draft.properties("Model", "faces")),
        "",
        severity="medium",
        rule="job-run-again",
    ),
    faulty(
        "jobs",
        "a digest of the model by which its job runs again",
        _job("ModelDigest", "0" * 64),
        "",
        severity="medium",
        rule="job-run-again",
    ),
    faulty(
        "models-placed",
        "a job of another model",
        _job("ModelName", "rehearsal-theirs-01234567-01234567"),
        "Job",
    ),
    faulty(
        "jobs",
        "another image, which is only tried",
        lambda draft: _another_image(draft.properties("Model", "scores")),
        "Model",
        severity="medium",
        rule="model-changed",
        base="everything",
    ),
    faulty(
        "code",
        "the launcher waits in another way",
        prop(
            "LauncherProviderwaiterstatemachine",
            "DefinitionString",
            "{}",
            part=OPERATIONS,
        ),
        "LauncherProviderwaiterstatemachine",
        severity="medium",
        rule="setting-matters",
    ),
    faulty(
        "code",
        "a function gets other settings",
        prop("LauncherOnEvent", "Environment", "Variables", "X", "1", part=OPERATIONS),
        "LauncherOnEvent",
        severity="medium",
        rule="code-settings",
    ),
    faulty(
        "functions-known",
        "a function gets other code",
        prop("LauncherOnEvent", "Code", "S3Key", f"{'0' * 64}.zip", part=OPERATIONS),
        "Launcher",
    ),
    faulty(
        "functions-known",
        "a function comes from another bucket",
        prop("LauncherOnEvent", "Code", "S3Bucket", "elsewhere", part=OPERATIONS),
        "Launcher",
    ),
    faulty(
        "functions-known",
        "a function is another version of its object",
        prop("LauncherOnEvent", "Code", "S3ObjectVersion", "1", part=OPERATIONS),
        "Launcher",
    ),
    faulty(
        "code",
        "a function is an object that is published under no such name",
        _without_extension,
        "Launcher",
        severity="medium",
        rule="code-changed",
    ),
    faulty(
        "functions-known",
        "a function is an image",
        prop("LauncherOnEvent", "Code", {"ImageUri": "theirs:latest"}, part=OPERATIONS),
        "Launcher",
    ),
    faulty(
        "code",
        "a function runs with another role of ours",
        lambda draft: draft.properties("LauncherOnEvent", OPERATIONS).update(
            Role={
                "Fn::GetAtt": [
                    draft.logical_id("LauncherIsCompleteRole", OPERATIONS),
                    "Arn",
                ]
            }
        ),
        "LauncherOnEvent",
        severity="medium",
        rule="setting-matters",
    ),
)
"""What runs, where, and with which keys."""


def _container(properties: dict[str, Any]) -> dict[str, Any]:
    request = properties["Request"]
    found: dict[str, Any] = request.get("PrimaryContainer") or request["Containers"][0]
    return found


def _another_image(properties: dict[str, Any]) -> None:
    container = _container(properties)
    container["Image"] = container["Image"].replace(":1.0.0", ":1.0.1")


def _another_artifact(properties: dict[str, Any]) -> None:
    _container(properties)["ModelDataUrl"] = "s3://elsewhere/model.tar.gz"
