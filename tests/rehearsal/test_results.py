"""Outputs that are not what was promised end the rehearsal with a sentence."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from private_transform.environment import Environment
from rehearsal.process import EmbeddedAws
from rehearsal.results import WrongResultError, read_results
from tests.rehearsal.company_of_answers import AnsweringCompany

KEY = "arn:aws:kms:us-east-1:123456789012:key/ours"
BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
JOB = {
    "TransformJobName": "job",
    "TransformJobStatus": "Completed",
    "TransformOutput": {"S3OutputPath": "s3://outputs/faces/job=job/"},
    "CreationTime": BEGAN,
    "TransformEndTime": BEGAN + timedelta(seconds=7),
}
FACE = b'{"prediction": [[0, 0.9, 0.1, 0.1, 0.2, 0.2]]}'

Make = Callable[..., AnsweringCompany]


def photograph() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30)).save(written, "JPEG")
    return written.getvalue()


@pytest.fixture
def company(shipped: Environment, tmp_path: Path) -> Make:
    def make(
        inputs: Mapping[str, bytes], outputs: Mapping[str, bytes], key: str = KEY
    ) -> AnsweringCompany:
        buckets = {"inputs": inputs, "outputs": outputs}
        stack = {
            "InputsBucket": "inputs",
            "OutputsBucket": "outputs",
            "EndpointId": "vpce-1",
            "KeyArn": KEY,
            "JobName": "job",
        }
        values = [{"OutputKey": k, "OutputValue": v} for k, v in stack.items()]

        def get(*, Bucket: str, Key: str) -> Any:
            return {"SSEKMSKeyId": key, "Body": io.BytesIO(buckets[Bucket][Key])}

        def keys(*, Bucket: str, Prefix: str) -> Any:
            found = [key for key in buckets[Bucket] if key.startswith(Prefix)]
            return {"Contents": [{"Key": key} for key in found]}

        return AnsweringCompany(
            aws=EmbeddedAws(images={}, home=tmp_path),
            environment=shipped,
            answers={
                "cloudformation.describe_stacks": lambda **_: {
                    "Stacks": [{"Outputs": values}]
                },
                "sagemaker.describe_transform_job": lambda **_: JOB,
                "s3.list_objects_v2": keys,
                "s3.get_object": get,
            },
        )

    return make


def test_inputs_of_one_base_name_stay_apart(
    company: Make, shipped: Environment
) -> None:
    names = ("a/x.jpg", "b/x.jpg", "x.jpg")
    made = company(
        {f"photos/{name}": photograph() for name in names},
        {f"faces/job=job/{name}.out": FACE for name in names[:2]},
    )
    row, photographs = read_results(made, shipped.transforms[0])
    assert (row.inputs, row.outputs, row.failed_inputs) == (3, 2, ("x.jpg",))
    assert row.seconds == 7
    assert [each.name for each in photographs] == ["a/x.jpg", "b/x.jpg"]
    assert {(each.width, each.height) for each in photographs} == {(40, 30)}


@pytest.mark.parametrize(
    ("inputs", "outputs", "key", "words"),
    [
        ({}, {"y.jpg": FACE}, KEY, r"output faces/job=job/y\.jpg\.out is of no input"),
        ({"x.jpg": b""}, {"x.jpg": FACE}, "another", "is encrypted with another, not"),
        ({"x.jpg": b""}, {"x.jpg": b"no"}, KEY, "cannot be read: an output is JSON"),
        ({"x.jpg": b""}, {"x.jpg": b"\xff"}, KEY, "cannot be read: 'utf-8' codec"),
        ({"x.jpg": b"no"}, {"x.jpg": FACE}, KEY, r"input photos/x\.jpg is no photo"),
    ],
)
def test_a_wrong_result_is_named(
    company: Make,
    shipped: Environment,
    inputs: Mapping[str, bytes],
    outputs: Mapping[str, bytes],
    key: str,
    words: str,
) -> None:
    made = company(
        {f"photos/{name}": body for name, body in inputs.items()},
        {f"faces/job=job/{name}.out": body for name, body in outputs.items()},
        key,
    )
    with pytest.raises(WrongResultError, match=words):
        read_results(made, shipped.transforms[0])
