"""Which run was the last for each day: `days/TRANSFORM/DAY.json` of the control bucket.

So days can be made up for without a second run for one that is done.
"""

from dataclasses import dataclass

from .records import Records
from .run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of one environment's transforms.

    Args:
        records: The control bucket.
    """

    records: Records

    def last(self, run: Run) -> str | None:
        """The name of the last run that read what this one would, or None."""
        found = self.records.read(_key(run))
        return str(found[0]["run"]) if found else None

    def note(self, run: Run) -> None:
        """Note that a run reads the inputs of its day, all or what is new of them."""
        asked = run.asked
        if not (asked.arrival or asked.redo or asked.again or asked.shard):
            # With S3's key: it names no input.
            self.records.write(
                _key(run), {"run": run.name}, ServerSideEncryption="AES256"
            )


def _key(run: Run) -> str:
    return f"days/{run.transform}/{run.day}.json"
