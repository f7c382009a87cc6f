"""Which inputs of a job have an output, by listing names and opening nothing.

AWS does not say in one way where the output of a nested input lies (AWS:
TransformOutput; AWS: Use Batch Transform), so keys are not computed: an output answers
the input with the same path below the prefix, or else the one whose path has the most
last parts in common with its own. What came after the job was created is no input, and
keeps the output that is named after it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .aws import S3
from .listing import UncountableError, entries, folder_of, objects_by_age, parsed
from .manifest import read_manifest
from .names import RUN

_SUFFIX = ".out"

_OF_A_RUN = re.compile(f"(.*/)?job={RUN}/")
"""Where the launcher's runs write, also below a path that somebody else names."""

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a job read and wrote.

    Args:
        inputs: How many objects were there to be read.
        outputs: How many it wrote.
        unanswered: Paths of the inputs that have no output, below their folder.
        folder: S3 URI of the folder, ending in a slash.
    """

    inputs: int
    outputs: int
    unanswered: tuple[str, ...]
    folder: str


def tally(s3: S3, job: Mapping[str, Any], manifests: str) -> Tally | None:
    """Count a job that has ended.

    Args:
        s3: Calls to S3.
        job: What DescribeTransformJob says of it.
        manifests: The control bucket, whose manifests may be opened.

    Returns:
        None where nobody can tell: the inputs are those of another manifest, which is
        data and not opened; there are too many; or they lie where we may not look.
    """
    written = job.get("TransformOutput", {}).get("S3OutputPath")
    if written is None:
        return None
    started = job["CreationTime"]
    place = f"{written.rstrip('/')}/"
    of_others = None if _OF_A_RUN.fullmatch(place) else _OF_A_RUN
    try:
        found = _inputs(s3, job, manifests)
        if found is None:
            return None
        folder, inputs, later = found
        outputs = [
            path.removesuffix(_SUFFIX)
            # SageMaker writes below the path, whether or not it ends with a slash.
            for path, found_there in entries(s3, place)
            # S3 tells whole seconds, SageMaker fractions of one.
            if found_there["LastModified"] >= started.replace(microsecond=0)
            and path.endswith(_SUFFIX)
            and not (of_others and of_others.match(path))
        ]
    except UncountableError:
        return None
    missing = _unanswered([*inputs, *later], outputs)
    return Tally(
        inputs=len(inputs),
        outputs=len(outputs),
        unanswered=tuple(path for path in inputs if path in missing),
        folder=folder,
    )


def folder_read(s3: S3, job: Mapping[str, Any], manifests: str) -> str:
    """Key of the folder below which a job's inputs are named, and so its outputs.

    Args:
        s3: Calls to S3.
        job: What DescribeTransformJob says of it.
        manifests: The control bucket, whose manifests may be opened.
    """
    source = job["TransformInput"]["DataSource"]["S3DataSource"]
    bucket, key = parsed(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile" and bucket == manifests:
        manifest = read_manifest(s3, bucket, key)
        if manifest is not None:
            return parsed(manifest.folder)[1]
    # A manifest of the inputs bucket lists objects of its own folder.
    return folder_of(source["S3Uri"])


def _inputs(
    s3: S3, job: Mapping[str, Any], manifests: str
) -> tuple[str, Sequence[str], Sequence[str]] | None:
    """Their folder, their paths, and those of what came later; None if unknown."""
    source = job["TransformInput"]["DataSource"]["S3DataSource"]
    uri = source["S3Uri"]
    bucket, key = parsed(uri)
    if source["S3DataType"] == "S3Prefix":
        then, later = objects_by_age(s3, uri, job["CreationTime"])
        return f"s3://{bucket}/{folder_of(uri)}", then, later
    if bucket != manifests:
        return None
    manifest = read_manifest(s3, bucket, key)
    return (manifest.folder, manifest.paths, ()) if manifest else None


def _unanswered(inputs: Iterable[str], outputs: Iterable[str]) -> set[str]:
    """Inputs without an output; one that could answer several answers the first."""
    same = set(inputs) & set(outputs)
    left, free = (
        [tuple(path.split("/")) for path in paths if path not in same]
        for paths in (inputs, outputs)
    )
    for length in range(max(map(len, left), default=0), 0, -1):
        # One that is matched as a whole goes before one that only ends so.
        left.sort(key=lambda path: len(path) > length)
        common = _ends(left, length) & _ends(free, length)
        left, free = (_without(paths, common, length) for paths in (left, free))
    return {"/".join(path) for path in left}


def _ends(paths: Iterable[_Path], length: int) -> Counter[_Path]:
    return Counter(path[-length:] for path in paths if len(path) >= length)


def _without(paths: Iterable[_Path], ends: Counter[_Path], length: int) -> list[_Path]:
    """All but the first that end so, as many as are counted."""
    ends, rest = ends.copy(), []
    for path in paths:
        if ends[path[-length:]]:
            ends[path[-length:]] -= 1
        else:
            rest.append(path)
    return rest
