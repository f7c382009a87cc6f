"""A run over many lists of inputs at once, a job for each: its shards.

People put a list below `shards/TRANSFORM/` of the control bucket: a JSON array of names
of manifests, which lie beside it. What a run takes of it lies in
`manifests/TRANSFORM/shards/RUN.json`, from which Step Functions begins an execution for
each shard (AWS: ItemReader (Map)), and `finished/RUN/` says which of them are done.
Neither names an input, so both carry S3's key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from .asked import identity_of_shard
from .aws import S3, SageMaker, code_of, jobs
from .contract import SHARDS
from .inputs import NothingError
from .ledger import Ledger
from .lifecycle import LauncherError, bounded
from .listing import entries
from .manifest import key_of_shards
from .moment import Moment
from .names import digest, family_of
from .records import Records
from .run import Run

_MOST = 10_000
"""Of one run. AWS: Step Functions service quotas: a Map Run has up to 10,000 open child
executions, and each is paid for."""

_ENDED = "ended.json"
"""What says that nothing of a run goes on any more."""

_GRACE = timedelta(minutes=15)
"""How long a run may be without a job that can be seen."""

_NEWEST = 100
"""Of so many jobs it is looked when they ended."""

_NAMED = 5
"""How many shards a sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """The shards of one environment's runs.

    Args:
        sagemaker: Calls to SageMaker, to see which jobs go on.
        s3: Calls to S3: the control bucket.
        bucket: The control bucket.
    """

    sagemaker: SageMaker
    s3: S3
    bucket: str

    def of(self, run: Run) -> Run:
        """A run as it is meant: what is made once more is for the day of the first.

        Raises:
            LauncherError: There is no such run.
        """
        if run.asked.again is None:
            return run
        first = self._plan(run.transform, run.asked.again)
        if not first:
            raise LauncherError(
                f"{run.asked.again} is no run of {run.transform} in shards."
            )
        moment = Moment(
            date=date.fromisoformat(first[0]["run_date"]),
            hour=int(first[0]["run_hour"]),
        )
        return replace(run, moment=moment)

    def plan(self, run: Run) -> str:
        """Write down what a run takes; it may be asked again and finds the same.

        Returns:
            The key of it.

        Raises:
            NothingError: There is nothing to do.
            LauncherError: What is there is no list of shards.
        """
        if self._plan(run.transform, run.name) is None:
            names = self._names(run)
            if not names:
                raise NothingError("There is no shard to run.")
            self._write(
                key_of_shards(run.transform, run.name), [*self._items(run, names)]
            )
        return key_of_shards(run.transform, run.name)

    def finish(self, shard: Mapping[str, str]) -> None:
        """Note that a shard is done: of its run, and of the first that had it."""
        for run in {shard["of"], shard["root"]}:
            self._write(_mark(run, shard["name"]), {"shard": shard["name"]})

    def shard(self, transform: str, run: str, name: str) -> dict[str, str]:
        """One of a run's shards."""
        plan = self._plan(transform, run) or []
        return next(each for each in plan if each["name"] == name)

    def end(self, run: str) -> None:
        """Note that all shards of a run have ended, well or not."""
        self._write(f"finished/{run}/{_ENDED}", {})

    def goes_on(self, transform: str, run: str, now: datetime) -> bool:
        """Whether a run has shards that go on, or one may be about to begin."""
        plan = self._object(key_of_shards(transform, run))
        if plan is None:
            return False
        marks = dict(entries(self.s3, f"s3://{self.bucket}/finished/{run}/"))
        if _ENDED in marks:
            return False
        times = [each["LastModified"] for each in (plan, *marks.values())]
        family = family_of(run)
        going = jobs(self.sagemaker, NameContains=family, StatusEquals="InProgress")
        if any(each["TransformJobName"].startswith(family) for each in going):
            return True
        # Between the end of one shard and the begin of the next none is to be seen.
        newest = islice(jobs(self.sagemaker, NameContains=family), _NEWEST)
        times += [each.get("TransformEndTime", each["CreationTime"]) for each in newest]
        return any(now - each < _GRACE for each in times)

    def count(self, transform: str, run: str) -> tuple[int, list[str]]:
        """How many shards a run has, and the names of those that are not done."""
        plan = self._plan(transform, run) or []
        finished = {
            path
            for each in {run, *(shard["root"] for shard in plan)}
            for path, _ in entries(self.s3, f"s3://{self.bucket}/finished/{each}/")
        }
        names = [each["name"] for each in plan]
        return len(names), [each for each in names if _file(each) not in finished]

    def reasons(
        self, transform: str, run: str, shards: Sequence[str]
    ) -> dict[str, str]:
        """Why shards came to no job, as far as it was said; of the first some alone."""
        ledger = Ledger(records=self._records, transform=transform)
        known = {
            name: ledger.read(identity_of_shard(run, name)) or {}
            for name in shards[:_NAMED]
        }
        return {name: str(known.get(name, {}).get("note", "")) for name in shards}

    def _names(self, run: Run) -> list[str]:
        if run.asked.again is not None:
            return self.count(run.transform, run.asked.again)[1]
        key = _list_of(run)
        found = self._read(key)
        if found is None:
            raise NothingError(f"There is no list s3://{self.bucket}/{key}.")
        match found:
            case [*names] if all(isinstance(each, str) and each for each in names):
                pass
            case _:
                raise LauncherError(
                    f"The list s3://{self.bucket}/{key} is not a JSON array of names "
                    "of manifests, which lie beside it."
                )
        if len(set(names)) < len(names) or len(names) > _MOST:
            raise LauncherError(
                f"The list s3://{self.bucket}/{key} names {len(names)} manifests: at "
                f"most {_MOST}, and each once."
            )
        return names

    def _items(self, run: Run, names: Sequence[str]) -> Sequence[dict[str, str]]:
        folder, root = self._folder(run), run.name
        if run.asked.again is not None:
            root = (self._plan(run.transform, run.asked.again) or [])[0]["root"]
        return [
            {
                "of": run.name,
                "root": root,
                "name": name,
                "key": f"{folder}{name}",
                "run_date": run.moment.date.isoformat(),
                "run_hour": f"{run.moment.hour:02}",
            }
            for name in names
        ]

    def _folder(self, run: Run) -> str:
        """Key of the folder in which manifests lie, and the list of them."""
        if run.asked.again is not None:
            first = (self._plan(run.transform, run.asked.again) or [])[0]
            return str(first["key"].removesuffix(first["name"]))
        return _list_of(run).rpartition("/")[0] + "/"

    def _plan(self, transform: str, run: str) -> list[dict[str, str]] | None:
        found: list[dict[str, str]] | None = self._read(key_of_shards(transform, run))
        return found

    def _object(self, key: str) -> dict[str, Any] | None:
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise

    def _read(self, key: str) -> Any:
        found = self._object(key)
        if found is None:
            return None
        try:
            return json.loads(found["Body"].read())
        except ValueError as error:
            said = bounded(str(error), 200)
            raise LauncherError(
                f"s3://{self.bucket}/{key} is no JSON: {said}."
            ) from error

    def _write(self, key: str, content: Any) -> None:
        self._records.write(key, content, ServerSideEncryption="AES256")

    @property
    def _records(self) -> Records:
        return Records(s3=self.s3, bucket=self.bucket)


def told_of(run: str, total: int, failed: Mapping[str, str]) -> str:
    """What to say of a run whose shards have all ended.

    Args:
        run: The run's name.
        total: How many shards it has.
        failed: Those that are not done, with why, where that is known.
    """
    if not failed:
        return "All shards are done." if total > 1 else "Its shard is done."
    named = list(failed)[:_NAMED]
    more = f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    return "\n".join(
        [
            f"{len(failed)} of {total} shards are not done: "
            f"{bounded(', '.join(named), 400)}{more}.",
            *(
                f"{name}: {bounded(failed[name], 300)}"
                for name in named
                if failed[name]
            ),
            f'Mend them, and run these once more with {{"again": "{run}"}}.',
        ]
    )


def _list_of(run: Run) -> str:
    pattern = run.settings["Shards"]
    return f"{SHARDS}{run.transform}/{run.moment.filled(pattern)}"


def _mark(run: str, shard: str) -> str:
    return f"finished/{run}/{_file(shard)}"


def _file(shard: str) -> str:
    return f"{digest(shard)[:32]}.json"
