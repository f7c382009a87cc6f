"""One line of the benchmarks' result."""

from dataclasses import asdict, dataclass
from typing import Any

from bench.interleaved import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured and how far it may go.

    Args:
        name: What it is.
        measured: What was seen.
        unit: Unit of value and bound; a ratio is `x`.
        bound: Highest value that is accepted.
    """

    name: str
    measured: Measured
    unit: str
    bound: float

    @property
    def within_bound(self) -> bool:
        """Whether the median is accepted."""
        return self.measured.value <= self.bound

    def as_json(self) -> dict[str, Any]:
        """The row as it stands in build/bench.json."""
        return {
            "name": self.name,
            "unit": self.unit,
            "bound": self.bound,
            "within_bound": self.within_bound,
            **asdict(self.measured),
        }


HEADINGS = ("name", "value", "unit", "bound", "within bound", "rounds", "spread")


def table(rows: list[Row]) -> str:
    """The rows as text, one line each below the headings."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    low, high = row.measured.spread
    return (
        row.name,
        f"{row.measured.value:.2f}",
        row.unit,
        f"{row.bound:g}",
        "yes" if row.within_bound else "NO",
        str(row.measured.rounds),
        f"{low:.2f} to {high:.2f}",
    )
