"""What a rehearsal did, as plain values, and as the JSON that programs read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .predictions import Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRow:
    """One stack and the status that CloudFormation gave it last."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformRow:
    """One transform's deployment run.

    Attributes:
        name: The transform's name.
        job: The transform job's name; None if it came to no job.
        status: The job's status in AWS's words; Failed if it came to no job.
        inputs: Number of input objects.
        outputs: Number of output objects.
        failed_inputs: Names of the inputs without an output.
        seconds: From request to end.
        failure_reason: Why it failed, as the person who deployed was told.
    """

    name: str
    job: str | None
    status: str
    inputs: int
    outputs: int
    failed_inputs: tuple[str, ...]
    seconds: float
    failure_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow(TransformRow):
    """Any other run, with the status that it was expected to have."""

    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """What a subscriber of the environment's topic heard.

    Attributes:
        result: What became of a run, or that it is about tampering; None where an
            alarm changed.
    """

    subject: str
    message: str
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """A question that was asked of the results.

    Attributes:
        question: The question, in words.
        sql: The same, as Athena was asked.
        columns: The names of the answer's columns.
        rows: The answer; None stands for no value.
    """

    question: str
    sql: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One thing that was tried in order to break a promise of the environment.

    Attributes:
        claim: The promise, as a sentence.
        tried: Who did what.
        seen: What came back.
        ok: Whether the promise held.
    """

    claim: str
    tried: str
    seen: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One photograph, width and height in pixels, and what the model saw in it."""

    name: str
    jpeg: bytes
    width: int
    height: int
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a rehearsal has to tell.

    Attributes:
        failure: Why it could not go on, with what it had seen until then.
    """

    status: Literal["ok", "failed"]
    seconds: float
    stacks: tuple[StackRow, ...]
    transforms: tuple[TransformRow, ...]
    runs: tuple[RunRow, ...]
    notifications: tuple[NotificationRow, ...]
    answers: tuple[AnswerRow, ...]
    claims: tuple[ClaimRow, ...]
    photographs: tuple[Photograph, ...]
    failure: str | None = None


def to_json(report: Report) -> dict[str, Any]:
    """Return the report for programs, ready for `json.dump`: all but photographs."""
    return {
        "status": report.status,
        "seconds": round(report.seconds, 1),
        "failure": report.failure,
        "stacks": [asdict(row) for row in report.stacks],
        "transforms": [asdict(row) for row in report.transforms],
        "runs": [asdict(row) for row in report.runs],
        "notifications": [asdict(row) for row in report.notifications],
        "query": [asdict(row) for row in report.answers],
        "claims": [asdict(row) for row in report.claims],
    }


def promises(rows: Iterable[ClaimRow]) -> Mapping[str, tuple[ClaimRow, ...]]:
    """Return what was tried to break each promise, by the promise."""
    tried: dict[str, tuple[ClaimRow, ...]] = {}
    for row in rows:
        tried[row.claim] = (*tried.get(row.claim, ()), row)
    return tried


def duration(seconds: float) -> str:
    """Return a length of time as people say it: `0.4 s`, `12 s`, `3 min 5 s`."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
