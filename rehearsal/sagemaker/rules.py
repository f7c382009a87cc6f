"""Rules of SageMaker's requests that only AWS's text states."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.engine import containers_of
from rehearsal.sagemaker.errors import ValidationError

LOCAL_STORAGE_FAMILIES: Final = frozenset({"g4dn", "g5", "g6", "g6e", "trn1"})
"""Transform instance families with local disks. AWS: TransformResources,
VolumeKmsKeyId; Instance store volumes."""

_JOINABLE: Final = ("text/csv", "application/json", "application/jsonlines")
_ENVIRONMENT_BYTES: Final = 32 * 1024


def check_model(request: Mapping[str, Any]) -> None:
    """Check what AWS: CreateModel and AWS: ContainerDefinition say in words.

    Raises:
        ValidationError: A rule is broken.
    """
    if ("PrimaryContainer" in request) == bool(request.get("Containers")):
        raise ValidationError(
            "A model has either a PrimaryContainer or Containers, and not both."
        )
    if "ExecutionRoleArn" not in request:
        raise ValidationError("ExecutionRoleArn is required to create a model.")
    for container in containers_of(request):
        _check_container(container)


def _check_container(container: Mapping[str, Any]) -> None:
    if ("Image" in container) == ("ModelPackageName" in container):
        raise ValidationError(
            "A container needs either an Image or a ModelPackageName, and not both."
        )
    if "ModelDataUrl" in container and "ModelDataSource" in container:
        raise ValidationError(
            "A container takes either ModelDataUrl or ModelDataSource, and not both."
        )
    environment = container.get("Environment", {})
    size = sum(
        len(key.encode()) + len(environment[key].encode()) for key in environment
    )
    if size > _ENVIRONMENT_BYTES:
        raise ValidationError(
            f"The Environment of a container has {size} bytes; the keys and values "
            f"together may have {_ENVIRONMENT_BYTES}."
        )


def check_transform_job(request: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    """Check what AWS: CreateTransformJob and the pages it leads to say in words.

    Args:
        request: The CreateTransformJob request.
        model: The CreateModel request of its model.

    Raises:
        ValidationError: A rule is broken.
    """
    _check_payload(request)
    _check_source(request["TransformInput"]["DataSource"]["S3DataSource"])
    _check_resources(request["TransformResources"])
    if request.get("DataProcessing", {}).get("JoinSource") == "Input":
        _check_join(request["TransformInput"], request["TransformOutput"])
    for container in containers_of(model):
        if "ModelDataSource" in container:
            raise ValidationError(
                "ModelDataSource is not supported for transform jobs; the model must "
                "name its artifact with ModelDataUrl."
            )


def _check_payload(request: Mapping[str, Any]) -> None:
    payload = request.get("MaxPayloadInMB", 6)
    concurrent = request.get("MaxConcurrentTransforms") or 1
    if payload > 100:
        raise ValidationError(f"MaxPayloadInMB must not exceed 100 MB, got {payload}.")
    if payload * concurrent > 100:
        raise ValidationError(
            "The product of MaxConcurrentTransforms and MaxPayloadInMB must not exceed "
            f"100 MB, got {concurrent} x {payload} = {concurrent * payload}."
        )


def _check_source(source: Mapping[str, Any]) -> None:
    kind = source["S3DataType"]
    if kind not in ("S3Prefix", "ManifestFile"):
        raise ValidationError(f"S3DataType {kind} is not supported for transform jobs.")


def _check_resources(resources: Mapping[str, Any]) -> None:
    kind, count = resources["InstanceType"], resources["InstanceCount"]
    if count > 100:
        raise ValidationError(f"InstanceCount must not exceed 100, got {count}.")
    if "VolumeKmsKeyId" in resources and kind.split(".")[1] in LOCAL_STORAGE_FAMILIES:
        raise ValidationError(
            f"VolumeKmsKeyId cannot be requested for {kind}: an instance type with "
            "local storage encrypts it with a hardware module."
        )


def _check_join(source: Mapping[str, Any], output: Mapping[str, Any]) -> None:
    content_type, accept = source.get("ContentType"), output.get("Accept")
    if content_type != accept:
        raise ValidationError(
            "With JoinSource Input, ContentType and Accept must be equal, got "
            f"{content_type} and {accept}."
        )
    split, assemble = source.get("SplitType"), output.get("AssembleWith")
    if (split or "None") != (assemble or "None"):
        raise ValidationError(
            "With JoinSource Input, SplitType and AssembleWith must be equal, got "
            f"{split} and {assemble}."
        )
    if content_type not in _JOINABLE:
        raise ValidationError(
            f"With JoinSource Input, ContentType must be one of {', '.join(_JOINABLE)},"
            f" got {content_type}."
        )
