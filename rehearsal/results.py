"""What a transform left behind, read as a reader through the trusted endpoint."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import Image

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import Photograph, TransformRow, read_predictions


class WrongResultError(Exception):
    """The outputs are not what the environment promises; the text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Inputs and outputs of one job.

    Args:
        inputs: Keys of the inputs, by their last part.
        outputs: Keys of the outputs, by the input's last part.
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
            _name(key): key
            for key in _keys(uploader, foundation["InputsBucket"], prefix)
        },
        outputs={
            _name(key).removesuffix(".out"): key
            for key in _keys(_reader(company), foundation["OutputsBucket"], written)
        },
    )


def read_results(
    company: Company, transform: Transform
) -> tuple[TransformRow, tuple[Photograph, ...]]:
    """Read one deployment run's outputs and see that each carries the key.

    Raises:
        WrongResultError: An output is not encrypted with the environment's key.
    """
    deployed = company.outputs(transform.name)
    job = company.client("sagemaker").describe_transform_job(
        TransformJobName=deployed["JobName"]
    )
    found = outputs_of(company, transform, job)
    row = TransformRow(
        name=transform.name,
        job=deployed["JobName"],
        status=job["TransformJobStatus"],
        inputs=len(found.inputs),
        outputs=len(found.outputs),
        failed_inputs=found.missing,
        seconds=(job["TransformEndTime"] - job["CreationTime"]).total_seconds(),
        failure_reason=job.get("FailureReason"),
    )
    return row, tuple(_photographs(company, found))


def _photographs(company: Company, found: Outputs) -> Iterator[Photograph]:
    foundation = company.outputs("foundation")
    reader = _reader(company)
    # Readers may not see inputs; the break-glass role may, from outside too.
    glass = company.client("s3", role=company.environment.people.break_glass[0].role)
    for name, key in found.outputs.items():
        answer = reader.get_object(Bucket=foundation["OutputsBucket"], Key=key)
        if answer.get("SSEKMSKeyId") != foundation["KeyArn"]:
            raise WrongResultError(
                f"{key} is encrypted with {answer.get('SSEKMSKeyId')}, not with the "
                f"environment's key {foundation['KeyArn']}"
            )
        jpeg = glass.get_object(
            Bucket=foundation["InputsBucket"], Key=found.inputs[name]
        )["Body"].read()
        with Image.open(io.BytesIO(jpeg)) as image:
            width, height = image.size
        yield Photograph(
            name=name,
            jpeg=jpeg,
            width=width,
            height=height,
            predictions=read_predictions(
                answer["Body"].read().decode(), labels=["face"]
            ),
        )


def _reader(company: Company) -> Any:
    return company.client(
        "s3",
        role=company.environment.people.readers[0].role,
        through=company.outputs("foundation")["EndpointId"],
    )


def _name(key: str) -> str:
    return PurePosixPath(key).name


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        yield from (found["Key"] for found in page.get("Contents", []))
