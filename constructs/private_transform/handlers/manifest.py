"""Lists of objects that a job reads.

A JSON array: `{"prefix": "s3://BUCKET/FOLDER/"}` first, then what follows it in the
name of each object (AWS: S3DataSource, ManifestFile). In the control bucket people put
them below `arrivals/TRANSFORM/`, and what runs read lies below `manifests/TRANSFORM/`:
`runs/RUN.json`, and in `redo/JOB.json` what a job left out. They name inputs, so they
carry the environment's key.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .aws import S3, code_of
from .lifecycle import LauncherError, bounded
from .listing import LIMIT

_MOST_BYTES = 32 * 1024 * 1024
"""Of a manifest: what a function can hold, and more than its objects may take."""

_SHAPE = 'a JSON array of {"prefix": "s3://BUCKET/FOLDER/"} and then names of objects'


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Objects below one folder.

    Args:
        folder: S3 URI, ending in a slash.
        paths: What follows it in each object's name.
    """

    folder: str
    paths: Sequence[str]

    @property
    def content(self) -> bytes:
        """As SageMaker reads it."""
        return json.dumps([{"prefix": self.folder}, *self.paths]).encode()


def key_of_run(transform: str, run: str) -> str:
    """Where the manifest of a run lies."""
    return f"manifests/{transform}/runs/{run}.json"


def key_of_redo(transform: str, job: str) -> str:
    """Where the manifest of a job's failed inputs lies."""
    return f"manifests/{transform}/redo/{job}.json"


def key_of_shards(transform: str, run: str) -> str:
    """Where the shards of a run are listed, for Step Functions."""
    return f"manifests/{transform}/shards/{run}.json"


def write_manifest(s3: S3, bucket: str, key: str, manifest: Manifest) -> None:
    """Write one."""
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=manifest.content,
        ContentType="application/json",
    )


def read_manifest(s3: S3, bucket: str, key: str, **version: str) -> Manifest | None:
    """Read one; None if there is none.

    Args:
        s3: Calls to S3.
        bucket: The control bucket.
        key: Its key.
        version: `VersionId`, where another version than the newest is meant.

    Raises:
        LauncherError: It is no manifest, or too long.
    """
    where = f"s3://{bucket}/{key}"
    try:
        found = s3.get_object(Bucket=bucket, Key=key, **version)
    except ClientError as error:
        if code_of(error) in ("NoSuchKey", "NoSuchVersion"):
            return None
        raise
    if found["ContentLength"] > _MOST_BYTES:
        raise LauncherError(f"The manifest {where} is longer than 32 MiB.")
    try:
        folder, paths = _parsed(json.loads(found["Body"].read()))
    except ValueError as error:
        said = bounded(str(error), 200)
        raise LauncherError(f"The manifest {where} is not {_SHAPE}: {said}.") from error
    if len(paths) > LIMIT:
        raise LauncherError(
            f"The manifest {where} names {len(paths)} objects, and one run takes at "
            f"most {LIMIT}: divide it."
        )
    return Manifest(folder=folder, paths=paths)


def _parsed(content: Any) -> tuple[str, list[str]]:
    match content:
        case [{"prefix": str(folder), **rest}, *paths] if not rest:
            pass
        case _:
            raise ValueError("it begins otherwise")
    if not folder.startswith("s3://") or not folder.endswith("/"):
        raise ValueError(f"the prefix {folder} is no folder")
    for path in paths:
        if not isinstance(path, str) or not path or path.startswith("/"):
            raise ValueError(f"{json.dumps(path)} is no name of an object")
    return folder, paths
