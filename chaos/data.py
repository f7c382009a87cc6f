"""What a transform job reads and what it writes.

One output for each input, with its name and `.out`, below the job's output path (AWS:
Batch transform; the API's own text drops folders from the name, the service keeps
them).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .storage import Storage


def inputs_of(request: Mapping[str, Any], storage: Storage) -> list[str]:
    """Names of a job's input objects, as they follow their folder."""
    source = request["TransformInput"]["DataSource"]["S3DataSource"]
    bucket, prefix = _place(input_url(request))
    if source["S3DataType"] == "ManifestFile":
        folder, *names = json.loads(storage.objects[bucket, prefix])
        bucket, prefix = _place(folder["prefix"])
        return [name for name in names if (bucket, prefix + name) in storage.objects]
    return [
        key.removeprefix(prefix)
        for place, key in sorted(storage.objects)
        if place == bucket and key.startswith(prefix)
    ]


def input_url(request: Mapping[str, Any]) -> str:
    """The input prefix of a job."""
    return str(request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"])


def write_outputs(
    request: Mapping[str, Any], names: Sequence[str], storage: Storage
) -> None:
    """Write the outputs of the inputs with these names."""
    bucket, path = _place(request["TransformOutput"]["S3OutputPath"])
    for name in names:
        key = f"{path.rstrip('/')}/{name}.out"
        storage.put_object(Bucket=bucket, Key=key, Body=b'{"prediction": []}')


def _place(url: str) -> tuple[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key
