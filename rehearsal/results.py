"""What a transform left behind, read as a reader through the trusted endpoint."""

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import Photograph, Prediction, TransformRow, read_predictions
from rehearsal.steps import StepError

FINAL = ("Completed", "Failed", "Stopped")
_SECONDS = 120


class WrongResultError(Exception):
    """The outputs are not what the environment promises; the text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Inputs and outputs of one job.

    Args:
        inputs: Keys of the inputs, by their names: what stands below the prefix.
        outputs: Keys of the outputs, by the inputs' names.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The inputs that have no output."""
        return tuple(name for name in self.inputs if name not in self.outputs)


def outputs_of(
    company: Company, transform: Transform, job: Mapping[str, Any]
) -> Outputs:
    """List what a job had before it and what it left."""
    foundation = company.outputs("foundation")
    prefix = transform.transform_input.data_source.s3_data_source.prefix
    written = job["TransformOutput"]["S3OutputPath"].removeprefix(
        f"s3://{foundation['OutputsBucket']}/"
    )
    uploader = company.client("s3", role=company.environment.people.uploaders[0].role)
    return Outputs(
        inputs={
            key.removeprefix(prefix): key
            for key in _keys(uploader, foundation["InputsBucket"], prefix)
        },
        outputs={
            key.removeprefix(written).removesuffix(".out"): key
            for key in _keys(_reader(company), foundation["OutputsBucket"], written)
        },
    )


def ended_job(company: Company, name: str) -> dict[str, Any]:
    """Describe a transform job once it has ended.

    Raises:
        StepError: It runs for too long.
    """
    sagemaker = company.client("sagemaker")
    deadline = time.monotonic() + _SECONDS
    while True:
        job: dict[str, Any] = sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] in FINAL:
            return job
        if time.monotonic() > deadline:
            raise StepError(f"job {name} still runs after {_SECONDS} seconds")
        time.sleep(0.5)


def read_results(
    company: Company, transform: Transform
) -> tuple[TransformRow, tuple[Photograph, ...]]:
    """Read one deployment run's outputs and see that each carries the key.

    Raises:
        StepError: The job does not end.
        WrongResultError: An output is of another key or format, or of no input.
    """
    job = ended_job(company, company.outputs(transform.name)["JobName"])
    found = outputs_of(company, transform, job)
    row = row_of(transform, job, found, failure_reason=job.get("FailureReason"))
    return row, tuple(_photographs(company, found))


def row_of(
    transform: Transform,
    job: Mapping[str, Any],
    found: Outputs,
    *,
    failure_reason: str | None,
) -> TransformRow:
    """Tell of a deployment run that came to a job."""
    return TransformRow(
        name=transform.name,
        job=job["TransformJobName"],
        status=job["TransformJobStatus"],
        inputs=len(found.inputs),
        outputs=len(found.outputs),
        failed_inputs=found.missing,
        seconds=seconds_of(job),
        failure_reason=failure_reason,
    )


def seconds_of(job: Mapping[str, Any]) -> float:
    """How long an ended job took, from request to end."""
    taken: float = (job["TransformEndTime"] - job["CreationTime"]).total_seconds()
    return taken


def _photographs(company: Company, found: Outputs) -> Iterator[Photograph]:
    foundation = company.outputs("foundation")
    reader = _reader(company)
    # Readers may not see inputs; the break-glass role may, from outside too.
    glass = company.client("s3", role=company.environment.people.break_glass[0].role)
    for name, key in found.outputs.items():
        if name not in found.inputs:
            raise WrongResultError(f"the output {key} is of no input")
        answer = reader.get_object(Bucket=foundation["OutputsBucket"], Key=key)
        if answer.get("SSEKMSKeyId") != foundation["KeyArn"]:
            raise WrongResultError(
                f"the output {key} is encrypted with {answer.get('SSEKMSKeyId')}, not "
                f"with the environment's key {foundation['KeyArn']}"
            )
        predictions = _predictions(key, answer["Body"].read())
        original = glass.get_object(
            Bucket=foundation["InputsBucket"], Key=found.inputs[name]
        )
        jpeg = original["Body"].read()
        width, height = _size(found.inputs[name], jpeg)
        yield Photograph(
            name=name, jpeg=jpeg, width=width, height=height, predictions=predictions
        )


def _predictions(key: str, output: bytes) -> tuple[Prediction, ...]:
    try:
        return read_predictions(output.decode(), labels=["face"])
    except ValueError as error:
        raise WrongResultError(f"the output {key} cannot be read: {error}") from error


def _size(key: str, jpeg: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            return image.size
    except OSError as error:
        raise WrongResultError(f"the input {key} is no photograph: {error}") from error


def _reader(company: Company) -> Any:
    return company.client(
        "s3",
        role=company.environment.people.readers[0].role,
        through=company.outputs("foundation")["EndpointId"],
    )


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        yield from (found["Key"] for found in page.get("Contents", []))
