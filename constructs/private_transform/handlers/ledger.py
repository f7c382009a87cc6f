"""Which execution makes which run, and how a run ended that has no job.

`runs/TRANSFORM/IDENTITY.json` of the control bucket. A schedule and an upload may begin
two executions for one run (AWS: EventBridge, delivery of events): the run is the first
one's (AWS: Conditional writes, Amazon S3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .names import digest
from .records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The runs of one transform.

    Args:
        records: The control bucket.
        transform: The transform's name.
    """

    records: Records
    transform: str

    def enter(self, identity: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Enter a run, unless it is entered already; what stands there.

        Args:
            identity: What its executions have in common.
            entry: `execution`, `run` (its name) and `launch`.

        Raises:
            ClientError: Another execution enters it at this moment.
        """
        found = self.read(identity)
        if found is not None:
            return found
        self._write(identity, entry, IfNoneMatch="*")
        return dict(entry)

    def close(self, identity: str, execution: str, state: str, note: str) -> None:
        """Note how an execution's run ended that has no job."""
        found = self.records.read(self._key(identity))
        if found is not None and found[0]["execution"] == execution:
            entry, etag = found
            self._write(identity, {**entry, "state": state, "note": note}, IfMatch=etag)

    def read(self, identity: str) -> dict[str, Any] | None:
        """What stands there; None if the run is not entered."""
        found = self.records.read(self._key(identity))
        return found[0] if found else None

    def _write(self, identity: str, entry: Mapping[str, Any], **condition: str) -> None:
        # With S3's key: a run is noted also while ours is disabled.
        self.records.write(
            self._key(identity), entry, ServerSideEncryption="AES256", **condition
        )

    def _key(self, identity: str) -> str:
        return f"runs/{self.transform}/{digest(identity)[:32]}.json"
