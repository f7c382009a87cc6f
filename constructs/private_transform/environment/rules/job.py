"""The transform job: what it reads, writes and runs on."""

import re
from collections.abc import Iterator

from private_transform.environment.catalogue import GPU_FAMILIES, family
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Transform

_DEFAULT_PAYLOAD_IN_MB = 6
_MOST_IN_FLIGHT_IN_MB = 100
_FILTERED_TYPES = ("text/csv", "application/json", "application/jsonlines")
_SECRET_NAMES = re.compile(
    r"passw|passphrase|pwd|secret|credential|private_?key|access_?key|api_?key"
    r"|[a-z]token$"
    # As whole words only: PATH, AUTHOR and COMPASS are no secrets.
    r"|(?<![a-z])(o?auth|bearer|creds?|pass|pat|token)(?![a-z])",
    re.IGNORECASE,
)
_ACCESS_KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z0-9]{16}")
_INPUT_URI = ("transform_input", "data_source", "s3_data_source", "s3_uri")


def input_shape(transform: Transform) -> Iterator[Breach]:
    """A prefix that names more than its folder, or a manifest that names no folder."""
    source = transform.transform_input.data_source.s3_data_source
    if source.s3_data_type == "S3Prefix" and not source.s3_uri.endswith("/"):
        yield Breach(
            place=_INPUT_URI,
            rule="A prefix ends with a slash: S3 would also match photos-old/ with "
            "photos (AWS: S3DataSource).",
            fix=f"Write {source.s3_uri}/.",
        )
    if source.s3_data_type == "ManifestFile" and source.s3_uri.endswith("/"):
        yield Breach(
            place=_INPUT_URI,
            rule="A manifest is one object, so its key ends without a slash (AWS: "
            "S3DataSource).",
        )
    if source.s3_data_type == "ManifestFile" and "/" not in source.s3_uri:
        yield Breach(
            place=_INPUT_URI,
            rule="A manifest lies in a folder and lists objects of that folder: the "
            "job can read nothing else.",
            fix=f"Put it beside the objects it lists, such as inputs/{source.s3_uri}.",
        )


def payload_in_flight(transform: Transform) -> Iterator[Breach]:
    """SageMaker refuses more than 100 MB in flight to one container."""
    concurrency = transform.max_concurrent_transforms
    payload = transform.max_payload_in_mb
    in_flight = (concurrency or 0) * (
        _DEFAULT_PAYLOAD_IN_MB if payload is None else payload
    )
    if in_flight > _MOST_IN_FLIGHT_IN_MB:
        yield Breach(
            place=("max_concurrent_transforms",),
            rule="max_concurrent_transforms times max_payload_in_mb (6 if absent) is "
            f"at most 100 MB, not {in_flight} (AWS: CreateTransformJob).",
        )


def batches_of_records(transform: Transform) -> Iterator[Breach]:
    """A strategy for batches says nothing where there are no records to batch."""
    split = transform.transform_input.split_type or "None"
    if transform.batch_strategy is not None and split == "None":
        yield Breach(
            place=("batch_strategy",),
            rule="A batch strategy needs objects that are split into records: "
            "split_type Line, RecordIO or TFRecord (AWS: CreateTransformJob).",
            fix="Remove batch_strategy: unsplit objects are sent one by one.",
        )


def ami_on_gpu(transform: Transform) -> Iterator[Breach]:
    """A GPU's driver is no choice on a type without a GPU."""
    resources = transform.transform_resources
    gpu = family(resources.instance_type) in GPU_FAMILIES
    if resources.transform_ami_version is not None and not gpu:
        yield Breach(
            place=("transform_resources", "transform_ami_version"),
            rule="An AMI version chooses a GPU's driver, and "
            f"{resources.instance_type} has no GPU (AWS: TransformResources).",
            fix="Remove it.",
        )


def fallbacks_alike(transform: Transform) -> Iterator[Breach]:
    """An image is made for GPUs or not: no job can fall from one kind to another."""
    resources = transform.transform_resources
    gpu = family(resources.instance_type) in GPU_FAMILIES
    seen = [resources.instance_type]
    for position, each in enumerate(resources.fallback_instance_types):
        place = ("transform_resources", "fallback_instance_types", position)
        if (family(each) in GPU_FAMILIES) != gpu:
            yield Breach(
                place=place,
                rule="All types of one job have a GPU, or none has: they run the same "
                f"image, and {resources.instance_type} has {'one' if gpu else 'none'}.",
                fix=f"Name a type {'with' if gpu else 'without'} a GPU.",
            )
        if each in seen:
            yield Breach(
                place=place,
                rule="Each type is tried in its turn, so it is named once.",
                fix="Remove it.",
            )
        seen.append(each)


def failed_inputs_counted(transform: Transform) -> Iterator[Breach]:
    """Nobody may rely on a budget that is never looked at."""
    source = transform.transform_input.data_source.s3_data_source
    counted = source.s3_data_type == "S3Prefix" or transform.on_deploy == "smoke"
    if transform.max_failed_inputs and not counted:
        yield Breach(
            place=("max_failed_inputs",),
            rule="Inputs without an output are found by listing a prefix. A manifest "
            "is data and is not opened: its run ends as SageMaker says.",
            fix="Remove it, or read a prefix.",
        )


def smoke_both_or_neither(transform: Transform) -> Iterator[Breach]:
    """A smoke run needs its input, and an input that nothing reads is a mistake."""
    if transform.on_deploy == "smoke" and transform.smoke_input is None:
        yield Breach(
            place=("on_deploy",),
            rule="A smoke run reads smoke_input, and there is none.",
            fix="Name a prefix of the inputs bucket with a few inputs.",
        )
    if transform.on_deploy != "smoke" and transform.smoke_input is not None:
        yield Breach(
            place=("smoke_input",),
            rule=f"Only a smoke run reads it, and on_deploy is {transform.on_deploy}.",
            fix="Write on_deploy: smoke, or remove it.",
        )


def joined_alike(transform: Transform) -> Iterator[Breach]:
    """Records and answers of different forms cannot be written side by side."""
    processing = transform.data_processing
    if processing is None or processing.join_source != "Input":
        return
    place = ("data_processing", "join_source")
    source, output = transform.transform_input, transform.transform_output
    if source.content_type not in _FILTERED_TYPES:
        yield Breach(
            place=place,
            rule="Records can be joined with their answers if content_type is "
            f"{_or(_FILTERED_TYPES)}; images cannot (AWS: Associate Prediction "
            "Results with Input Records).",
            fix="Remove the join: each output is named by its input.",
        )
    elif source.content_type != output.accept:
        yield Breach(
            place=place,
            rule="Records are joined with their answers if accept equals content_type "
            "(AWS: Associate Prediction Results with Input Records).",
            fix=f"Write transform_output.accept: {source.content_type}.",
        )
    if (source.split_type or "None") != (output.assemble_with or "None"):
        yield Breach(
            place=place,
            rule="Records are joined with their answers if assemble_with equals "
            "split_type (AWS: Associate Prediction Results with Input Records).",
            fix=f"Write transform_output.assemble_with: {source.split_type or 'None'}.",
        )


def filtered_types(transform: Transform) -> Iterator[Breach]:
    """A filter finds its way through CSV and JSON and nothing else."""
    processing = transform.data_processing
    if processing is None:
        return
    for key, filter_, other, content in (
        (
            "input_filter",
            processing.input_filter,
            "transform_input.content_type",
            transform.transform_input.content_type,
        ),
        (
            "output_filter",
            processing.output_filter,
            "transform_output.accept",
            transform.transform_output.accept,
        ),
    ):
        if filter_ not in (None, "$") and content not in _FILTERED_TYPES:
            yield Breach(
                place=("data_processing", key),
                rule=f"A filter reads {_or(_FILTERED_TYPES)}, as {other} must say "
                "(AWS: Associate Prediction Results with Input Records).",
            )


def no_secrets(transform: Transform) -> Iterator[Breach]:
    """What a job's environment holds is read by whoever may describe the job."""
    for name, value in transform.environment.items():
        if _SECRET_NAMES.search(name) or _ACCESS_KEY_ID.search(value):
            yield Breach(
                place=("environment", name),
                rule="This looks like a secret. A job's environment is copied into "
                "every event, trail record and description of the job (AWS: Automating "
                "Amazon SageMaker with Amazon EventBridge).",
                fix="Leave it out: an isolated container can call nothing that would "
                "ask for it. If it is no secret, give it another name.",
                secret=True,
            )


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
