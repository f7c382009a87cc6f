"""The promise that nothing is encrypted with a key of somebody else."""

import re
from collections.abc import Iterator
from typing import Any

from review.scene import Scene

from .invariant import Invariant, Violation

_NAMES_A_KEY = re.compile(r"(Volume)?KmsKey(Arn|Id)|KMSKeyI[Dd]|KmsMasterKeyId|KeyArn")
"""Properties that name a key, whatever they belong to (AWS: the types in the Template
reference, CreateTransformJob)."""


def _ours(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.resources:
        for key in _keys_in(each.properties):
            if key not in scene.key_names:
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} encrypts with {key}, which is not the "
                    "environment's key: whoever has it can read that, or end it.",
                )


def _keys_in(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _keys_in(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if _NAMES_A_KEY.fullmatch(name):
                yield each
            else:
                yield from _keys_in(each)


KEYS = (
    Invariant(
        id="keys-ours",
        says="What is encrypted with a key that somebody names is encrypted with the "
        "environment's.",
        violations=_ours,
    ),
)
"""All of them."""
