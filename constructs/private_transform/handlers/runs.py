"""A run that a state machine makes: start a job, look at it, say how it ended.

Every step can be repeated, and each call does what is next: a call that was cut off is
made again by the state machine, and finds what it had begun under the run's own name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from .advice import sentence
from .attempts import Attempt, Description, last_attempt
from .aws import (
    FAILURES,
    S3,
    SageMaker,
    code_of,
    describe,
    is_transient,
    said_by,
)
from .contract import ENDED
from .days import Days
from .ending import GOOD_ENOUGH, told
from .inputs import AwaitedError, Inputs, NothingError
from .ledger import Ledger
from .lifecycle import LauncherError
from .propagation import may_pass
from .records import Records
from .redo import Redo
from .run import Run
from .selection import Outcome
from .shards import Shards, told_of
from .start import start_job
from .turns import Turns
from .verdict import Verdict, judge

State = Literal[
    "waiting",
    "running",
    "sharded",
    "succeeded",
    "tolerated",
    "failed",
    "stopped",
    "skipped",
]
"""waiting: it has not started yet. sharded: its shards are to run now. skipped: it did
not start, and nothing is wrong."""

GOES_ON = ("waiting", "running", "sharded")

_SHORTEST, _LONGEST = 30, 300
"""Seconds between two looks. A look every 30 seconds would use up the events that an
execution may have in a day (AWS: Step Functions service quotas)."""

_LOOKS = 20
"""Looks by the time that has passed: the end is seen at most a twentieth later."""


class DoneError(Exception):
    """What is asked for was done already; the text says by which run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Makes runs.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3: names of inputs and outputs, and the control bucket.
        bucket: The control bucket.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    bucket: str
    now: Callable[[], datetime]

    def go_on(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Do what is next for one execution.

        Args:
            event: `Execution`, as Step Functions describes it, `Order`, and
                `ShardsEnded`, once all shards have.

        Returns:
            `State`, `Job` (its name, empty before there is one), `Note`, `Seconds`
            until the next look, and `Shards` (the key of what they are, or nothing).
        """
        try:
            run = Run.from_event(event)
        except LauncherError as error:
            return {**_answer("failed", note=str(error)), "Seconds": 0}
        passed = (self.now() - run.began).total_seconds()
        seconds = int(min(_LONGEST, max(_SHORTEST, passed / _LOOKS)))
        next_step = self._count if event.get("ShardsEnded") else self._step
        answer = self._closed(run, self._said(run, next_step))
        return {**answer, "Seconds": seconds}

    def _closed(self, run: Run, answer: dict[str, str]) -> dict[str, str]:
        """The end of a run without a job is kept, for who tells of it."""
        if answer["State"] in GOES_ON or answer["Job"]:
            return answer
        try:
            self._ledger(run).close(
                run.identity, run.execution, answer["State"], answer["Note"]
            )
        except FAILURES as error:
            if is_transient(error):
                return _answer("waiting", note=said_by(error))
        return answer

    def _said(
        self, run: Run, next_step: Callable[[Run], dict[str, str]]
    ) -> dict[str, str]:
        try:
            return next_step(self._shards.of(self._redo.of(run)))
        except AwaitedError as awaited:
            return _answer("waiting", note=str(awaited))
        except DoneError as done:
            return _answer("skipped", note=str(done))
        except LauncherError as error:
            return _answer("failed", note=str(error))
        except FAILURES as error:
            if is_transient(error):
                return _answer("waiting", note=said_by(error))
            happened = "AWS refused a call of the launcher."
            return _answer("failed", note=sentence(happened, said_by(error)))

    def _step(self, run: Run) -> dict[str, str]:
        """What is next; of a shard it is noted that it is done."""
        try:
            answer = self._next(run)
        except NothingError as nothing:
            if run.settings["OnEmpty"] == "fail":
                return _answer("failed", note=str(nothing))
            answer = _answer("skipped", note=str(nothing))
            done = True
        else:
            done = answer["State"] in GOOD_ENOUGH
        if done:
            self._finish_shard(run)
        return answer

    def _finish_shard(self, run: Run) -> None:
        """A shard is done by itself, or where what failed of it is made once more."""
        shard = run.asked.shard
        found = self._records.read(f"launches/{run.root}.json") if run.root else None
        by = found[0].get("launched_by", {}) if found else {}
        if "shard_of" in by:
            shard = self._shards.shard(run.transform, by["shard_of"], by["shard"])
        if shard is not None:
            self._shards.finish(shard)

    def _next(self, run: Run) -> dict[str, str]:
        entry = self._ledger(run).enter(
            run.identity,
            {"execution": run.execution, "run": run.name, "launch": run.launch},
        )
        if entry["execution"] != run.execution:
            return _answer("skipped", note=f"{entry['execution']} makes this run.")
        if "state" in entry:
            return _answer(entry["state"], note=entry["note"])
        if run.is_in_shards:
            return self._begin(run)
        attempt = last_attempt(run.name, self._describe)
        if attempt is None:
            return self._begin(run)
        job = attempt.job["TransformJobName"]
        following = attempt.next(run.order.resources)
        if following:
            self._start(run, following)
            return _answer("waiting", job, "AWS had no instances free: once more.")
        if attempt.job["TransformJobStatus"] not in ENDED:
            return _answer("running", job)
        verdict = self._judged(attempt, run.order.most_failed)
        return _answer(verdict.result, job, told(attempt, verdict))

    def _begin(self, run: Run) -> dict[str, str]:
        self._inputs.require_complete(run)
        other = self._turns_of(run).before(run.turn, run.name)
        if other is not None:
            state: State = (
                "waiting" if run.settings["Overlap"] == "queue" else "skipped"
            )
            return _answer(state, note=f"The run {other} goes on.")
        try:
            self._require_missing(run)
            self._require_ended(run)
            if run.is_in_shards:
                shards = self._shards.plan(run)
                self._days.note(run)
                return _answer("sharded", note="Its shards run.", shards=shards)
            self._inputs.require_some(run)
            self._days.note(run)
            self._start(run, 1)
        except (DoneError, LauncherError, NothingError):
            self._turns_of(run).give_back(run.turn, run.name)
            raise
        return _answer("waiting", note="It is starting.")

    def _count(self, run: Run) -> dict[str, str]:
        """Say how a run ended whose shards have all ended."""
        total, failed = self._shards.count(run.transform, run.name)
        self._shards.end(run.name)
        self._turns_of(run).give_back(run.turn, run.name)
        state: State = "failed" if failed else "succeeded"
        why = self._shards.reasons(run.transform, run.name, failed)
        return _answer(state, note=told_of(run.name, total, why))

    def _require_missing(self, run: Run) -> None:
        """See that the day was not run, where that was asked for.

        Raises:
            DoneError: It was, and ended well.
            AwaitedError: It is running.
        """
        last = self._days.last(run) if run.asked.if_missing else None
        if last is None or last == run.name:
            return
        match self._became(run, last):
            case "done":
                raise DoneError(f"The run {last} of {run.day} has ended well.")
            case "going":
                raise AwaitedError(f"The run {last} of {run.day} goes on.")

    def _require_ended(self, run: Run) -> None:
        """See that no shard goes on of what is made once more.

        Raises:
            AwaitedError: One does.
        """
        again = run.asked.again
        if again and self._shards.goes_on(run.transform, again, self.now()):
            raise AwaitedError(f"The run {again} goes on.")

    def _became(self, run: Run, last: str) -> Literal["going", "done", "void"]:
        """What became of the last run of the same day."""
        if not run.is_in_shards:
            return self._outcome(last).state
        if self._shards.goes_on(run.transform, last, self.now()):
            return "going"
        total, failed = self._shards.count(run.transform, last)
        return "done" if total and not failed else "void"

    def _start(self, run: Run, number: int) -> None:
        self._redo.note(run)
        start_job(
            self.sagemaker,
            self.s3,
            bucket=self.bucket,
            job=run.order.job(run.name, number, run.moment, self._inputs.source(run)),
            network=run.order.network,
            launch=run.launch,
            declared=run.order.artifact_digests,
            may_pass=lambda error: self._may_pass(error, run),
        )

    def _may_pass(self, error: ClientError, run: Run) -> bool:
        # Of many shards some may have to wait for the account's quota.
        full = code_of(error) == "ResourceLimitExceeded"
        return (full and run.asked.shard is not None) or may_pass(
            error, run, self.now()
        )

    def _outcome(self, run: str) -> Outcome:
        """What became of an earlier run, its repetitions included."""
        attempt = last_attempt(run, self._describe)
        if attempt is None:
            return Outcome(state="void")
        if attempt.job["TransformJobStatus"] not in ENDED:
            return Outcome(state="going")
        job = attempt.job["TransformJobName"]
        found = self._records.read(f"launches/{job}.json")
        most = found[0]["max_failed_inputs"] if found else 0
        verdict = self._judged(attempt, most)
        if verdict.result in GOOD_ENOUGH:
            return Outcome(state="done", failed=verdict.failed_paths)
        newest = self._redo.newest(job)
        return self._outcome(newest) if newest else Outcome(state="void")

    def _judged(self, attempt: Attempt, most_failed: int) -> Verdict:
        return judge(
            self.s3,
            attempt.job,
            max_failed_inputs=most_failed,
            manifests=self.bucket,
        )

    @property
    def _days(self) -> Days:
        return Days(records=self._records)

    @property
    def _redo(self) -> Redo:
        return Redo(records=self._records)

    @property
    def _inputs(self) -> Inputs:
        return Inputs(
            s3=self.s3, bucket=self.bucket, outcome=self._outcome, now=self.now
        )

    @property
    def _shards(self) -> Shards:
        return Shards(sagemaker=self.sagemaker, s3=self.s3, bucket=self.bucket)

    def _ledger(self, run: Run) -> Ledger:
        return Ledger(records=self._records, transform=run.transform)

    @property
    def _records(self) -> Records:
        return Records(s3=self.s3, bucket=self.bucket)

    def _turns_of(self, run: Run) -> Turns:
        return Turns(
            records=self._records,
            describe=self._describe,
            goes_on=lambda other: self._shards.goes_on(
                run.transform, other, self.now()
            ),
            now=self.now,
        )

    def _describe(self, name: str) -> Description | None:
        return describe(self.sagemaker, name)


def _answer(
    state: State, job: str = "", note: str = "", shards: str = ""
) -> dict[str, str]:
    return {"State": state, "Job": job, "Note": note, "Shards": shards}
