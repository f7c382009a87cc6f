"""The report as the table that a person sees at the end, in plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from .values import (
    AnswerRow,
    ClaimRow,
    Report,
    RunRow,
    TransformRow,
    duration,
    promises,
)

WIDTH = 76
"""Columns that sentences are wrapped at."""


ROWS = 8
"""How many rows of an answer are shown."""

NARROWEST = 12
"""Columns that each value of an answer has at least."""


def to_terminal(report: Report) -> str:
    """Render the report in less than 100 columns, without colours."""
    blocks = [
        _table(
            ("stack", "status"),
            [(row.name, row.status) for row in report.stacks],
        ),
        _table(
            ("transform job", "status", "outputs", "time"),
            [_job(row) for row in report.transforms],
            notes=[_troubles(row) for row in report.transforms],
        ),
        _table(
            ("other run", "status", "outputs", "time"),
            [(row.name, *_job(row)[1:]) for row in report.runs],
            notes=[_of_a_run(row) for row in report.runs],
        ),
        "\n".join(
            _wrapped(row.subject, first="heard   ") for row in report.notifications
        ),
        *map(_answer, report.answers),
        "\n".join(map(_promise, promises(report.claims).values())),
        f"rehearsal: {report.status}, {duration(report.seconds)}",
        _wrapped(report.failure, first="  ") if report.failure else "",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _job(row: TransformRow) -> tuple[str, str, str, str]:
    return (
        row.job or f"{row.name} (no job)",
        row.status,
        f"{row.outputs}/{row.inputs}",
        duration(row.seconds),
    )


def _troubles(row: TransformRow) -> tuple[str, ...]:
    failed = ", ".join(row.failed_inputs)
    return (
        *((f"failed inputs: {failed}",) if failed else ()),
        *((row.failure_reason,) if row.failure_reason else ()),
    )


def _of_a_run(row: RunRow) -> tuple[str, ...]:
    return (row.job or "no job", _expectation(row), *_troubles(row))


def _expectation(row: RunRow) -> str:
    if row.status == row.expected:
        return f"{row.expected} was expected"
    return f"NOT AS EXPECTED: {row.expected} was expected"


def _answer(row: AnswerRow) -> str:
    rows = row.rows[:ROWS]
    more = len(row.rows) - len(rows)
    width = max(NARROWEST, WIDTH // max(1, len(row.columns)) - 2)
    table = _table(
        [_short(each, width) for each in row.columns],
        [[_short(each or "", width) for each in line] for line in rows],
    )
    blocks = (
        _wrapped(row.question, first="asked   "),
        table or "no row",
        f"and {more} more" if more else "",
    )
    return "\n".join(block for block in blocks if block)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _promise(tried: Sequence[ClaimRow]) -> str:
    broken = [row for row in tried if not row.ok]
    if not broken:
        return _wrapped(tried[0].claim, first="held    ")
    return "\n".join(
        _wrapped(
            f"{row.claim} (tried: {row.tried}; seen: {row.seen})", first="BROKEN  "
        )
        for row in broken
    )


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[Sequence[str]] = (),
) -> str:
    """Align the rows under their columns, each row's notes indented below it."""
    if not rows:
        return ""
    cells = [[_plain(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]
    below = [(), *notes] if notes else [()] * len(lines)
    return "\n".join(
        part
        for line, texts in zip(lines, below, strict=True)
        for part in (line, *_indented(texts))
    )


def _indented(texts: Iterable[str]) -> Iterable[str]:
    return (_wrapped(text, first="  ") for text in texts)


def _wrapped(text: str, *, first: str) -> str:
    return textwrap.fill(
        _plain(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
    )


def _plain(text: str) -> str:
    """Return the text on one line, without characters that steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
