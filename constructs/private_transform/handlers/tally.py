"""Which inputs of a job have an output, by listing names and opening nothing.

AWS does not say in one way where the output of a nested input lies (AWS:
TransformOutput; AWS: Use Batch Transform), so keys are not computed: an output answers
the input with the same path below the prefix, or else one with the same last part.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .aws import S3
from .listing import UncountableError, folder_of, objects, objects_at

_SUFFIX = ".out"

_OF_A_RUN = re.compile("(smoke/)?job=[^/]+/")
"""Where the launcher's runs write, below a path that others may use too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a job read and wrote.

    Args:
        inputs: How many objects were there to be read.
        outputs: How many it wrote.
        unanswered: Keys of the inputs that have no output.
    """

    inputs: int
    outputs: int
    unanswered: tuple[str, ...]


def tally(s3: S3, job: Mapping[str, Any]) -> Tally | None:
    """Count a job that has ended.

    Args:
        s3: Calls to S3.
        job: What DescribeTransformJob says of it.

    Returns:
        None where listing cannot tell: the inputs are those of a manifest, which is
        data and not opened; there are too many; or they lie where we may not look.
    """
    source = job["TransformInput"]["DataSource"]["S3DataSource"]
    written = job.get("TransformOutput", {}).get("S3OutputPath")
    if source["S3DataType"] != "S3Prefix" or written is None:
        return None
    started = job["CreationTime"]
    try:
        inputs = objects_at(s3, source["S3Uri"], started)
        outputs = [
            path.removesuffix(_SUFFIX)
            for path, modified in objects(s3, written)
            # S3 tells whole seconds, SageMaker fractions of one.
            if modified >= started.replace(microsecond=0)
            and path.endswith(_SUFFIX)
            and not _OF_A_RUN.match(path)
        ]
    except UncountableError:
        return None
    folder = folder_of(source["S3Uri"])
    return Tally(
        inputs=len(inputs),
        outputs=len(outputs),
        unanswered=tuple(folder + path for path in _unanswered(inputs, outputs)),
    )


def _unanswered(inputs: list[str], outputs: list[str]) -> list[str]:
    same = set(inputs) & set(outputs)
    left = Counter(_last_part(path) for path in outputs if path not in same)
    missing = []
    for path in inputs:
        if path in same:
            continue
        if left[_last_part(path)]:
            left[_last_part(path)] -= 1
        else:
            missing.append(path)
    return missing


def _last_part(path: str) -> str:
    return path.rpartition("/")[2]
