"""Environment folders for tests: a right one, and changes that make it wrong."""

import copy
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from private_transform.environment import (
    Environment,
    EnvironmentFileError,
    Problem,
    load_environment,
)

TODAY = date(2026, 11, 22)
ABSENT = object()
"""In changes: the key is taken out."""

Changes = Mapping[str, Any]
"""Dotted keys and their new values; numbers are positions in a list."""

ROLE = "arn:aws:iam::111122223333:role/"
OUTSIDE = {"reason": "why", "owner": "who", "expires": "2027-06-30"}

ENVIRONMENT: dict[str, Any] = {
    "stage": "development",
    "account": "111122223333",
    "region": "us-east-1",
    "audit": "own",
    "network": {
        "cidr": "10.20.0.0/24",
        "availability_zones": ["us-east-1a", "us-east-1b"],
    },
    "people": {
        "uploaders": [{"role": f"{ROLE}uploader", "outside": {**OUTSIDE}}],
        "readers": [{"role": f"{ROLE}reader"}],
        "key_administrators": [{"role": f"{ROLE}key-administrator"}],
        "break_glass": [{"role": f"{ROLE}break-glass", "outside": {**OUTSIDE}}],
    },
    "limits": {},
}
TRANSFORM: dict[str, Any] = {
    "model": {
        "primary_container": {
            "image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/faces:1.0.0",
            "model_data_url": "faces/model.tar.gz",
        }
    },
    "transform_input": {
        "data_source": {
            "s3_data_source": {"s3_data_type": "S3Prefix", "s3_uri": "photos/"}
        },
    },
    "transform_output": {"s3_output_path": "faces/"},
    "transform_resources": {"instance_type": "ml.m5.large", "instance_count": 1},
}


def written(
    parent: Path,
    *,
    environment: Changes | None = None,
    transforms: Mapping[str, Changes] | None = None,
    name: str = "lab",
) -> Path:
    """Write a right environment with changes; every key stands on its own line."""
    folder = parent / name
    (folder / "transforms").mkdir(parents=True)
    content = _changed(ENVIRONMENT, environment or {})
    (folder / "environment.yaml").write_text(json.dumps(content, indent=1), "utf-8")
    for transform, changes in (transforms or {}).items():
        file = folder / "transforms" / f"{transform}.yaml"
        file.write_text(json.dumps(_changed(TRANSFORM, changes), indent=1), "utf-8")
    return folder


def loaded(folder: Path) -> Environment:
    """The environment of a folder that breaks no rule."""
    return load_environment(folder, today=TODAY)


def problems(folder: Path) -> list[Problem]:
    """What is wrong with a folder; nothing if it loads."""
    try:
        load_environment(folder, today=TODAY)
    except EnvironmentFileError as error:
        return list(error.problems)
    return []


def _changed(content: dict[str, Any], changes: Changes) -> dict[str, Any]:
    content = copy.deepcopy(content)
    for path, new in changes.items():
        *way, last = path.split(".")
        target: Any = content
        for step in way:
            if isinstance(target, list):
                target = target[int(step)]
            else:
                target = target.setdefault(step, {})
        if new is ABSENT:
            del target[last]
        elif isinstance(target, list):
            target[int(last)] = new
        else:
            target[last] = new
    return content
