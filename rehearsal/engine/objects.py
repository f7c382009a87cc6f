"""Which objects a job transforms, and where each one's output goes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rehearsal.engine.errors import CLIENT_ERROR, JobError
from rehearsal.engine.job import JobInput
from rehearsal.engine.storage import Location, Reader, Storage


@dataclass(frozen=True, slots=True)
class InputObject:
    """One object of a job's input.

    Args:
        location: Where it lies.
        name: Its key without the folder that the input names.
    """

    location: Location
    name: str

    def __str__(self) -> str:
        """Bucket and key, as SageMaker's logs name an object."""
        return f"{self.location.bucket}/{self.location.key}"

    def output(self, path: Location) -> Location:
        """Where this object's output goes. AWS: Batch transform, `.out`."""
        folder = path.key if not path.key or path.key.endswith("/") else f"{path.key}/"
        return Location(path.bucket, f"{folder}{self.name}.out")


def input_objects(job_input: JobInput, storage: Storage) -> Iterator[InputObject]:
    """Yield the objects of a job, in the order of the listing or the manifest.

    A prefix is a prefix of keys, not a folder. Folder markers, whose keys end with a
    slash, are no input.

    Raises:
        JobError: The manifest is not one.
        StorageError: The storage refuses the listing or the manifest.
    """
    if job_input.data_type == "ManifestFile":
        found = _of_manifest(job_input.source, storage)
    else:
        found = _of_prefix(job_input.source, storage)
    return (each for each in found if not each.name.endswith("/") and each.name)


def _of_prefix(prefix: Location, storage: Storage) -> Iterator[InputObject]:
    folder = prefix.key[: prefix.key.rfind("/") + 1]
    for key in storage.keys(prefix):
        yield InputObject(Location(prefix.bucket, key), key.removeprefix(folder))


def _of_manifest(manifest: Location, storage: Storage) -> Iterator[InputObject]:
    with storage.open(manifest) as reader:
        content = _read_all(reader)
    try:
        entries = json.loads(content)
        head, *names = entries
        prefix = Location.parse(head["prefix"])
        _check_names(names)
    except (ValueError, TypeError, KeyError) as error:
        raise JobError(
            CLIENT_ERROR,
            f'{manifest} is not a manifest: a JSON list of {{"prefix": '
            f'"s3://bucket/prefix/"}} and the names of the objects ({error!r}).',
        ) from error
    for name in names:
        yield InputObject(Location(prefix.bucket, f"{prefix.key}{name}"), name)


def _check_names(names: list[Any]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{name!r} is not a name")


def _read_all(reader: Reader) -> bytes:
    return b"".join(iter(lambda: reader.read(1 << 20), b""))
