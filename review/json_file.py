"""JSON that anybody may have written: a mapping of bounded size, or a reason why not.

What is read differently by different readers is refused: keys that stand twice, and
numbers that JSON has not.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from .bad_input import BadInputError

SYNTHESIZE = "Synthesize it anew: cdk synth -q"

_DEPTH_LIMIT = 60
"""How deep a file may nest; ours reach 14."""

_LONGEST_NUMBER = 20
"""Digits of a number; no property of AWS takes more."""


def read_json(file: Path, limit: int) -> dict[str, Any]:
    """Read a mapping.

    Args:
        file: A regular file: what waits for somebody or never ends is not read.
        limit: How many bytes it may have.

    Raises:
        BadInputError: It is something else.
    """
    if not file.is_file():
        raise BadInputError(str(file), "There is no such file.", SYNTHESIZE)
    try:
        with file.open("rb") as opened:
            text = opened.read(limit + 1)
    except OSError as error:
        raise BadInputError(
            str(file), f"It cannot be read: {error.strerror}.", SYNTHESIZE
        ) from None
    if len(text) > limit:
        raise BadInputError(
            str(file),
            f"It has more than {limit:,} bytes (AWS: CloudFormation quotas).",
            "Split the stack: CloudFormation would refuse it too.",
        )
    return _parsed(file, text)


def is_own(file: Path) -> bool:
    """Whether it is a file of the assembly itself: a link may lead anywhere."""
    return file.is_file() and not file.is_symlink()


def mapping_in(file: Path, content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A mapping below a key.

    Raises:
        BadInputError: It is something else.
    """
    found = content.get(key)
    if not isinstance(found, dict):
        raise BadInputError(f"{file} {key}", "It is a mapping.", SYNTHESIZE)
    return found


def _parsed(file: Path, text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(
            text.decode(),  # Of other encodings, readers think differently.
            object_pairs_hook=_without_repetition,
            parse_constant=_not_json,
            parse_float=_float,
            parse_int=_int,
        )
        too_deep = _depth(content) > _DEPTH_LIMIT
    except RecursionError:
        too_deep, content = True, None
    except ValueError as error:
        raise BadInputError(
            str(file), f"This is not JSON: {error}.", SYNTHESIZE
        ) from None
    if too_deep:
        raise BadInputError(
            str(file),
            f"It nests deeper than {_DEPTH_LIMIT} levels.",
            "No construct of AWS does: look at what wrote it.",
        )
    if not isinstance(content, dict):
        raise BadInputError(str(file), "It is a mapping.", SYNTHESIZE)
    return content


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two equal keys counts differs between readers."""
    content = dict(pairs)
    if len(content) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice!r} stands twice in one mapping")
    return content


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _int(digits: str) -> int:
    return int(_short(digits))


def _float(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    # An exponent makes a number without end of few digits.
    if len(digits) > _LONGEST_NUMBER or "e" in digits.lower():
        raise ValueError(f"{digits[:_LONGEST_NUMBER]} is a number that no property has")
    return digits


def _depth(content: Any) -> int:
    if isinstance(content, dict):
        return 1 + max(map(_depth, content.values()), default=0)
    if isinstance(content, list):
        return 1 + max(map(_depth, content), default=0)
    return 0
