"""The names of one transform's tables, and of the columns that all of them have."""

from dataclasses import dataclass

BESIDE_THE_ANSWERS = ("date", "input", "job", "began")
"""What the view of current answers has beside their columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of one transform's tables.

    Args:
        database: Of the environment.
        transform: The transform's name.
    """

    database: str
    transform: str

    @property
    def outputs(self) -> str:
        """What its jobs wrote, by day."""
        return self.transform.replace("-", "_")

    @property
    def by_job(self) -> str:
        """The same, for queries that name a day and a job, and read no other."""
        return f"{self.outputs}_by_job"

    @property
    def runs(self) -> str:
        """How its runs ended, by day."""
        return f"{self.outputs}_runs"

    @property
    def current(self) -> str:
        """The view of what holds: of each day and input, the newest answers."""
        return f"{self.outputs}_current"

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (self.outputs, self.by_job, self.runs, self.current)

    def quoted(self, name: str) -> str:
        """One of them with its database, as SQL names it."""
        return f'"{self.database}"."{name}"'
