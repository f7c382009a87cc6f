"""Ends of executions of a transform's state machine.

A run that has a job is told of by the end of that job. What is left for here: a job
whose execution was stopped is stopped, and a run that ended without a job leaves its
evidence all the same: skipped, refused, or stopped before it began.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .asked import Asked
from .attempts import Description, last_attempt
from .aws import SageMaker, describe, jobs, stop
from .evidence import evidence_of_none
from .ledger import Ledger
from .lifecycle import LauncherError
from .manifest import key_of_shards
from .names import digest, family_of
from .records import Records

_GRACE = timedelta(minutes=10)
"""How long a job may stay unseen that was created before its execution was stopped:
longer than the launcher's function may run."""

_CUT_OFF: Mapping[str, tuple[str, str]] = {
    "ABORTED": ("stopped", "It was stopped before its job began."),
    "TIMED_OUT": ("failed", "It waited for days, and its job never began."),
}
"""Statuses of executions that the launcher does not end, and what they come to."""

_NO_ANSWER = "The launcher's function did not answer: its log says why."


class UnclearError(Exception):
    """What becomes of it cannot be seen yet; the event is to be delivered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """Looks at what an execution leaves.

    Args:
        sagemaker: Calls to SageMaker.
        records: The control bucket.
        environment: The environment's name, with which state machines' names begin.
        now: The clock.
    """

    sagemaker: SageMaker
    records: Records
    environment: str
    now: Callable[[], datetime]

    def left(self, detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """The transform and the evidence of a run that ended without a job.

        Args:
            detail: Of an event of Step Functions for an execution that ended.

        Raises:
            UnclearError: A job may still show.
        """
        # A shard's execution is of a Map Run, which has a name behind a slash.
        machine = detail["stateMachineArn"].rpartition(":")[2].partition("/")[0]
        transform = machine.removeprefix(f"{self.environment}-")
        entry = self._entry(transform, detail)
        if entry["execution"] != detail["executionArn"]:
            return None
        if detail["status"] in _CUT_OFF:
            self._stop_shards(entry["run"])
        ended = datetime.fromtimestamp(detail["stopDate"] / 1000, UTC)
        status = detail["status"]
        attempt = last_attempt(entry["run"], self._describe)
        if attempt is not None:
            if status in _CUT_OFF and attempt.job["TransformJobStatus"] == "InProgress":
                stop(self.sagemaker, attempt.job["TransformJobName"])
            return None
        if status in _CUT_OFF and self.now() - ended < _GRACE:
            raise UnclearError(f"{entry['run']} may have a job that cannot be seen yet")
        result, why = _CUT_OFF.get(
            status, (entry.get("state", "failed"), entry.get("note", _NO_ANSWER))
        )
        if status in _CUT_OFF and self._is_in_shards(transform, entry["run"]):
            why = "It ended before its shards did: those that ran are stopped."
        return transform, evidence_of_none(
            entry["run"],
            ended=ended,
            result=result,
            summary=why,
            launch=entry["launch"],
        )

    def _is_in_shards(self, transform: str, run: str) -> bool:
        return self.records.is_there(key_of_shards(transform, run))

    def _stop_shards(self, run: str) -> None:
        """Step Functions stops the executions of its shards, and no job."""
        family = family_of(run)
        for job in jobs(self.sagemaker, NameContains=family, StatusEquals="InProgress"):
            found = self.records.read(f"launches/{job['TransformJobName']}.json")
            if found and found[0].get("launched_by", {}).get("shard_of") == run:
                stop(self.sagemaker, job["TransformJobName"])

    def _entry(self, transform: str, detail: Mapping[str, Any]) -> dict[str, Any]:
        """What the launcher entered of its run, or would have."""
        execution = detail["executionArn"]
        unknown = {
            "execution": execution,
            "run": f"{self.environment}-{transform}-{digest(execution)[:16]}",
            "launch": {"origin": "execution", "launched_by": {"execution": execution}},
        }
        given = detail.get("input")
        if given is None:
            return unknown  # It was too long (AWS: Events of Step Functions).
        try:
            asked = Asked.of(json.loads(given))
        except LauncherError as error:
            return {**unknown, "note": str(error)}
        ledger = Ledger(records=self.records, transform=transform)
        return ledger.read(asked.identity(execution)) or unknown

    def _describe(self, name: str) -> Description | None:
        return describe(self.sagemaker, name)
