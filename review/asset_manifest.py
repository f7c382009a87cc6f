"""What a deployment publishes: files and folders of an assembly, by their hashes.

The manifests say under which name something is published, and templates say by which
name they use it. So only what is published under its own hash is believed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bad_input import BadInputError
from .json_file import SYNTHESIZE, is_own, mapping_in, read_json

_MANIFEST_LIMIT = 5_000_000
_MANIFEST_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{,200}\.assets\.json")
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{,200}")
_HASH = re.compile("[0-9a-f]{64}")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file or a folder that a deployment publishes.

    Args:
        path: Where it lies.
        places: Where it goes: buckets and keys.
        destinations: What else is said of that, such as region and role, as JSON
            without the keys.
    """

    path: Path
    places: frozenset[tuple[str, str]]
    destinations: frozenset[str]

    @property
    def urls(self) -> set[str]:
        """Where it goes, as a stack names its template."""
        return {f"s3://{bucket}/{key}" for bucket, key in self.places}


def published(folder: Path, files: Iterable[Any]) -> dict[str, Published]:
    """Everything that the asset manifests of an assembly publish, by its hash.

    Args:
        folder: The assembly's.
        files: Names of its asset manifests.

    Raises:
        BadInputError: Something is published that is not the assembly's, or under
            another name than its own.
    """
    found: dict[str, Published] = {}
    for manifest in files:
        for hash_, each in _published(folder, manifest):
            if found.setdefault(hash_, each) != each:
                raise BadInputError(
                    f"{folder / str(manifest)} files.{hash_}",
                    "Another manifest publishes something else under this name, or in "
                    "another way.",
                    SYNTHESIZE,
                )
    buckets = {bucket for each in found.values() for bucket, _ in each.places}
    if len(buckets) > 1:
        raise BadInputError(
            str(folder),
            f"It publishes to several buckets: {', '.join(sorted(buckets))}.",
            "Synthesize each environment on its own: cdk synth -q -c environment=NAME",
        )
    return found


def _published(folder: Path, name: Any) -> Iterator[tuple[str, Published]]:
    if (
        not isinstance(name, str)
        or _MANIFEST_FILE.fullmatch(name) is None
        or not is_own(folder / name)
    ):
        raise BadInputError(
            f"{folder / 'manifest.json'} artifacts",
            f"An asset manifest lies beside the manifest, and {name!r} does not.",
            SYNTHESIZE,
        )
    file = folder / name
    content = read_json(file, _MANIFEST_LIMIT)
    if content.get("dockerImages"):
        raise BadInputError(
            f"{file} dockerImages",
            "An image that a deployment builds is not reviewed.",
            "Build and push it before, and name it by its digest.",
        )
    for hash_, entry in mapping_in(file, content, "files").items():
        place = f"{file} files.{hash_}"
        if _HASH.fullmatch(hash_) is None or not isinstance(entry, dict):
            raise BadInputError(
                place, "A file is a mapping, named by its hash.", SYNTHESIZE
            )
        path = _source(folder, place, entry.get("source"))
        given = _mapping(f"{place}.destinations", entry.get("destinations"))
        yield (
            hash_,
            Published(
                path=path,
                places=frozenset(
                    _place(f"{place}.destinations.{key}", hash_, path, each)
                    for key, each in given.items()
                ),
                destinations=frozenset(map(_without_key, given.values())),
            ),
        )


def _source(folder: Path, place: str, given: Any) -> Path:
    source = _mapping(f"{place}.source", given)
    # What is executed may publish anything.
    for key in sorted(source.keys() - {"packaging", "path"}):
        raise BadInputError(
            f"{place}.source.{key}",
            "What is published is a file or a folder of the assembly.",
            SYNTHESIZE,
        )
    name, packaging = source.get("path"), source.get("packaging")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise BadInputError(
            f"{place}.source.path",
            f"It is a name in the assembly's folder, and not {name!r}.",
            SYNTHESIZE,
        )
    path = folder / name
    is_there = {
        "file": is_own(path),
        "zip": path.is_dir() and not path.is_symlink(),
    }.get(str(packaging), False)
    if not is_there:
        raise BadInputError(
            f"{place}.source.path",
            f"There is no {packaging} {name} in the assembly, or it is a link.",
            SYNTHESIZE,
        )
    return path


def _place(place: str, hash_: str, path: Path, given: Any) -> tuple[str, str]:
    destination = _mapping(place, given)
    bucket, key = destination.get("bucketName"), destination.get("objectKey")
    extension = str(key).removeprefix(hash_)
    if (
        not isinstance(bucket, str)
        or key != hash_ + extension
        or _EXTENSION.fullmatch(extension) is None
        or (path.is_dir() and extension != ".zip")
    ):
        raise BadInputError(
            f"{place}.objectKey",
            "It is published under another name than its own.",
            SYNTHESIZE,
        )
    return bucket, key


def _without_key(destination: Mapping[str, Any]) -> str:
    said = {name: each for name, each in destination.items() if name != "objectKey"}
    return json.dumps(said, sort_keys=True)


def _mapping(place: str, content: Any) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        raise BadInputError(place, "It is a mapping.", SYNTHESIZE)
    return content
