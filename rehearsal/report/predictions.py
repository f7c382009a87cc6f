"""Reads what an object detector wrote about one photograph."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One object: what it is, a score from 0 to 1, and its corners.

    Corners are fractions of the photograph's width and height, from its top left.
    """

    label: str
    score: float
    xmin: float
    ymin: float
    xmax: float
    ymax: float


def read_predictions(text: str, *, labels: Sequence[str]) -> tuple[Prediction, ...]:
    """Parse the output of one photograph.

    Args:
        text: One line, `{"prediction": [[class, score, xmin, ymin, xmax, ymax], ...]}`
            (AWS: Object Detection Request and Response Formats).
        labels: What the classes 0, 1, ... are called.

    Raises:
        ValueError: The text is in another format.
    """
    if len(text.splitlines()) != 1:
        raise ValueError(f"an output is one line, got {text[:200]!r}")
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise ValueError(f"an output is JSON, got {text[:200]!r}") from error
    match answer:
        case {"prediction": list(rows), **rest} if not rest:
            return tuple(_prediction(row, labels) for row in rows)
    raise ValueError(f'an output is {{"prediction": [...]}}, got {text[:200]!r}')


def _prediction(row: Any, labels: Sequence[str]) -> Prediction:
    match row:
        case [label, score, xmin, ymin, xmax, ymax] if (
            all(isinstance(number, (int, float)) for number in row)
            and label in range(len(labels))
            and all(0 <= number <= 1 for number in row[1:])
        ):
            return Prediction(
                label=labels[int(label)],
                score=score,
                xmin=xmin,
                ymin=ymin,
                xmax=xmax,
                ymax=ymax,
            )
    raise ValueError(
        f"a prediction is [class, score, xmin, ymin, xmax, ymax], class below "
        f"{len(labels)} and the rest from 0 to 1, got {row!r}"
    )
