"""Which jobs the engine runs."""

from collections.abc import Iterator

from rehearsal.engine.errors import CLIENT_ERROR, JobError
from rehearsal.engine.job import TransformJob


def check_supported(job: TransformJob) -> None:
    """Refuse a job whose settings the engine would otherwise ignore.

    Raises:
        JobError: The job uses something that only AWS runs.
    """
    missing = ", ".join(_unsupported(job))
    if missing:
        raise JobError(CLIENT_ERROR, f"The rehearsal does not run this yet: {missing}.")


def _unsupported(job: TransformJob) -> Iterator[str]:
    processing = job.data_processing
    if len(job.containers) > 1:
        yield f"a model of {len(job.containers)} containers"
    if any(not container.image for container in job.containers):
        yield "a model package"
    if any(container.multi_model for container in job.containers):
        yield "a multi-model container"
    if job.instance_count > 1:
        yield f"InstanceCount {job.instance_count}"
    if job.input.data_type not in ("S3Prefix", "ManifestFile"):
        yield f"S3DataType {job.input.data_type}"
    if job.input.split not in (None, "Line"):
        yield f"SplitType {job.input.split}"
    if job.input.compression is not None:
        yield f"CompressionType {job.input.compression}"
    if job.max_payload_in_mb == 0:
        yield "MaxPayloadInMB 0 (streaming)"
    if processing.input_filter is not None:
        yield "DataProcessing.InputFilter"
    if processing.output_filter is not None:
        yield "DataProcessing.OutputFilter"
    if processing.join_source is not None:
        yield "DataProcessing.JoinSource"
    if job.data_capture is not None:
        yield "DataCaptureConfig"
