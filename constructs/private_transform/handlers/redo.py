"""Runs over the inputs that an earlier job left out.

They are for the day of that job, and belong to the first one of which it is a
repetition: what it read is done once the newest of its repetitions has ended well.
"""

from dataclasses import dataclass, replace
from datetime import date

from .moment import Moment
from .records import Records
from .run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """What is known of repetitions.

    Args:
        records: The control bucket.
    """

    records: Records

    def of(self, run: Run) -> Run:
        """A run as it is meant: a repetition is for the day of its first job."""
        job = run.asked.redo
        if job is None:
            return run
        found = self.records.read(f"launches/{job}.json")
        if found is None:
            return run
        launch = found[0]
        moment = Moment(
            date=date.fromisoformat(launch["run_date"]), hour=int(launch["run_hour"])
        )
        return replace(run, moment=moment, root=launch.get("root", job))

    def note(self, run: Run) -> None:
        """Note the newest repetition of a job."""
        if run.root:
            # With S3's key: it names no input.
            self.records.write(
                f"redos/{run.root}.json",
                {"run": run.name},
                ServerSideEncryption="AES256",
            )

    def newest(self, job: str) -> str | None:
        """The newest repetition of a job; None if there is none."""
        found = self.records.read(f"redos/{job}.json")
        return str(found[0]["run"]) if found else None
