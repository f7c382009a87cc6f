"""One run of a transform at a time: who has the turn, kept in the control bucket.

Two executions that begin at the same moment see no job of each other. Whose record is
written first goes first (AWS: Conditional writes, Amazon S3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .attempts import Description, last_attempt
from .contract import ENDED
from .records import Records

_GRACE = timedelta(minutes=15)
"""How long a run may have the turn without a job that can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Gives each run its turn.

    Args:
        records: The control bucket.
        describe: What DescribeTransformJob says of a job; None if there is none.
        goes_on: Whether a run that has no job of its own goes on in shards.
        now: The clock.
    """

    records: Records
    describe: Callable[[str], Description | None]
    goes_on: Callable[[str], bool]
    now: Callable[[], datetime]

    def before(self, turn: str, run: str) -> str | None:
        """The run that has to end before this one may start; None gives it the turn.

        Args:
            turn: Of what only one run goes on.
            run: The run's name.

        Raises:
            ClientError: Somebody else took the turn meanwhile, or AWS failed.
        """
        found = self.records.read(_key(turn))
        if found is None:
            self._give(turn, run, IfNoneMatch="*")
            return None
        theirs, etag = found
        if theirs["run"] == run:
            return None
        since = datetime.fromisoformat(theirs["since"])
        if theirs["run"] and not self._is_over(theirs["run"], since):
            return str(theirs["run"])
        self._give(turn, run, IfMatch=etag)
        return None

    def give_back(self, turn: str, run: str) -> None:
        """A run that has the turn does not start: nobody has to wait for it."""
        found = self.records.read(_key(turn))
        if found is not None and found[0]["run"] == run:
            self._give(turn, "", IfMatch=found[1])

    def _give(self, turn: str, run: str, **condition: str) -> None:
        # With S3's key: whose turn it is, no data tells.
        self.records.write(
            _key(turn),
            {"run": run, "since": self.now().isoformat()},
            ServerSideEncryption="AES256",
            **condition,
        )

    def _is_over(self, run: str, since: datetime) -> bool:
        attempt = last_attempt(run, self.describe)
        # Who lacked capacity may have a successor that cannot be seen yet.
        if attempt is None or attempt.lacked_capacity:
            return self.now() - since > _GRACE and not self.goes_on(run)
        return attempt.job["TransformJobStatus"] in ENDED


def _key(turn: str) -> str:
    return f"turns/{turn}.json"
