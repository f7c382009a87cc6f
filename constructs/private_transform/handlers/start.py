"""The one way in: every transform job of the environment starts here.

A job has no network settings of its own; it runs where its model says
(AWS: Give Batch Transform Jobs Access to Resources in Your Amazon VPC). So the model
is looked at immediately before each start, whoever asks for it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import S3, SageMaker, code_of, is_missing, is_transient, words_of
from .launches import facts_of_model
from .lifecycle import LauncherError
from .records import Records


def start_job(
    sagemaker: SageMaker,
    s3: S3,
    *,
    bucket: str,
    job: Mapping[str, Any],
    network: Mapping[str, Any],
    launch: Mapping[str, Any],
    declared: Mapping[str, str],
    may_pass: Callable[[ClientError], bool],
) -> None:
    """Start `job` if its model runs in exactly `network`, isolated.

    Args:
        sagemaker: The service.
        s3: Calls to S3, to see which artifact is there and to note the start.
        bucket: The control bucket.
        job: A complete CreateTransformJob request.
        network: `Subnets` and `SecurityGroupIds` as the environment has them.
        launch: Who asks and why, for the job's evidence.
        declared: SHA-256 of artifacts by their URIs, as the transform's file has them.
        may_pass: Whether a refusal may be over soon. Then nothing is started, and the
            caller asks again.

    Raises:
        LauncherError: The model is elsewhere, or SageMaker refuses the job.
        ClientError: The service asks to come back later.
    """
    model = _checked_model(sagemaker, job["ModelName"], network)
    name = job["TransformJobName"]
    # With S3's key: this is what SageMaker says to whoever may describe the model, and
    # the launcher needs no right to a key.
    Records(s3=s3, bucket=bucket).write(
        f"launches/{name}.json",
        {**launch, "model": facts_of_model(s3, model, declared)},
        ServerSideEncryption="AES256",
    )
    try:
        sagemaker.create_transform_job(**job)
    except ClientError as error:
        if code_of(error) == "ResourceInUse":
            return  # A repeated delivery of this request was faster: its job is ours.
        if is_transient(error):
            raise
        if not may_pass(error):
            raise LauncherError(
                sentence(f"Transform job {name} was not accepted.", words_of(error))
            ) from error


def _checked_model(
    sagemaker: SageMaker, name: str, network: Mapping[str, Any]
) -> Mapping[str, Any]:
    try:
        model = sagemaker.describe_model(ModelName=name)
    except ClientError as error:
        if is_transient(error):
            raise
        if is_missing(error):
            raise LauncherError(
                f"Model {name} does not exist any more, so no job was started.\n"
                "Change `run` and deploy again: the model is made anew."
            ) from error
        raise LauncherError(
            sentence(f"Model {name} could not be looked at.", words_of(error))
        ) from error
    fault = fault_of(model, network)
    if fault is not None:
        raise LauncherError(
            f"No job was started: model {name} {fault}\n"
            "Somebody replaced it. Change `run` and deploy again: it is made anew. If "
            "that is refused, delete the model first."
        )
    return model


def fault_of(model: Mapping[str, Any], network: Mapping[str, Any]) -> str | None:
    """What is wrong with the place of a model, as the end of a sentence, or None."""
    vpc = model.get("VpcConfig", {})
    for key, what in (("Subnets", "subnets"), ("SecurityGroupIds", "security groups")):
        actual, expected = sorted(vpc.get(key, [])), sorted(network[key])
        if actual != expected:
            return (
                f"is not in the environment's {what}: it has "
                f"{', '.join(actual) or 'none'}, it must have {', '.join(expected)}."
            )
    if model.get("EnableNetworkIsolation") is not True:
        return "is not isolated from the network: EnableNetworkIsolation must be true."
    return None
