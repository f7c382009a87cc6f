"""What the engine runs: a model and a transform job as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from rehearsal.engine.storage import Location

_IDENTITY_FILTER = "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a model.

    Args:
        image: URI of the image.
        artifact: The model's `.tar.gz`, if it has one.
        multi_model: The container serves many models, which transform jobs do not use.
        environment: Variables that CreateModel names.
    """

    image: str
    artifact: Location | None
    multi_model: bool
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInput:
    """Which objects a job reads and how it cuts them into records.

    Args:
        data_type: `S3Prefix` or `ManifestFile`.
        source: The prefix, or the manifest.
        content_type: What `/invocations` is told, if anything.
        compression: `Gzip`, or None.
        split: `Line`, `RecordIO`, `TFRecord`, or None: the object is one record.
    """

    data_type: str
    source: Location
    content_type: str | None
    compression: str | None
    split: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutput:
    """Where a job writes.

    Args:
        path: Prefix under which every output lies.
        accept: The answer's type that `/invocations` is asked for, if any.
        assemble_with_line: A newline follows each answer.
        kms_key_id: Key of the written objects; None leaves it to the bucket.
    """

    path: Location
    accept: str | None
    assemble_with_line: bool
    kms_key_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProcessing:
    """Filters and join of a job; None where the job leaves the data as it is."""

    input_filter: str | None
    output_filter: str | None
    join_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformJob:
    """One transform job over one model.

    `max_concurrent_transforms`, `max_payload_in_mb` and `batch_strategy` are None where
    the job leaves the choice to the container.
    """

    name: str
    containers: tuple[Container, ...]
    input: JobInput
    output: JobOutput
    instance_count: int
    environment: Mapping[str, str]
    max_concurrent_transforms: int | None
    max_payload_in_mb: int | None
    batch_strategy: str | None
    invocations_timeout_in_seconds: int
    invocations_max_retries: int
    data_processing: DataProcessing
    data_capture: Location | None

    @classmethod
    def from_requests(cls, model: Mapping[str, Any], job: Mapping[str, Any]) -> Self:
        """Read the CreateModel and CreateTransformJob requests.

        Raises:
            ValueError: A URL is not `s3://`.
        """
        client = job.get("ModelClientConfig", {})
        capture = job.get("DataCaptureConfig")
        return cls(
            name=job["TransformJobName"],
            containers=tuple(_container(each) for each in containers_of(model)),
            input=_input(job["TransformInput"]),
            output=_output(job["TransformOutput"]),
            instance_count=job["TransformResources"]["InstanceCount"],
            environment=job.get("Environment", {}),
            max_concurrent_transforms=job.get("MaxConcurrentTransforms"),
            max_payload_in_mb=job.get("MaxPayloadInMB"),
            batch_strategy=job.get("BatchStrategy"),
            # AWS: ModelClientConfig.
            invocations_timeout_in_seconds=client.get(
                "InvocationsTimeoutInSeconds", 600
            ),
            invocations_max_retries=client.get("InvocationsMaxRetries", 3),
            data_processing=_data_processing(job.get("DataProcessing", {})),
            data_capture=capture and Location.parse(capture["DestinationS3Uri"]),
        )


def containers_of(model: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The containers of a CreateModel request, in the order in which they answer."""
    primary = model.get("PrimaryContainer")
    return [primary] if primary else model.get("Containers", [])


def _container(container: Mapping[str, Any]) -> Container:
    artifact = container.get("ModelDataUrl")
    return Container(
        image=container.get("Image", ""),
        artifact=Location.parse(artifact) if artifact else None,
        multi_model=container.get("Mode") == "MultiModel",
        environment=container.get("Environment", {}),
    )


def _input(request: Mapping[str, Any]) -> JobInput:
    source = request["DataSource"]["S3DataSource"]
    return JobInput(
        data_type=source["S3DataType"],
        source=Location.parse(source["S3Uri"]),
        content_type=request.get("ContentType"),
        compression=_unless_none(request.get("CompressionType")),
        split=_unless_none(request.get("SplitType")),
    )


def _output(request: Mapping[str, Any]) -> JobOutput:
    return JobOutput(
        path=Location.parse(request["S3OutputPath"]),
        accept=request.get("Accept"),
        assemble_with_line=request.get("AssembleWith") == "Line",
        kms_key_id=request.get("KmsKeyId"),
    )


def _data_processing(request: Mapping[str, Any]) -> DataProcessing:
    return DataProcessing(
        input_filter=_unless_identity(request.get("InputFilter")),
        output_filter=_unless_identity(request.get("OutputFilter")),
        join_source=_unless_none(request.get("JoinSource")),
    )


def _unless_none(word: str | None) -> str | None:
    """Read the word `None`, which AWS writes for the absent choice, as absence."""
    return None if word == "None" else word


def _unless_identity(path: str | None) -> str | None:
    return None if path == _IDENTITY_FILTER else path
