"""What a run reads: a prefix, or a manifest of its own that is written first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .aws import S3
from .lifecycle import LauncherError
from .listing import LIMIT, UncountableError, entries, folder_of, is_there, parsed
from .manifest import (
    Manifest,
    key_of_redo,
    key_of_run,
    read_manifest,
    write_manifest,
)
from .records import Records
from .run import Run
from .selection import Outcome, Selections

READY_WITHIN = timedelta(hours=12)
"""How long a run waits for the object that says that its inputs are complete."""


class AwaitedError(Exception):
    """Inputs are not complete yet; the text says what is waited for."""


class NothingError(Exception):
    """There is nothing to run; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Finds what runs read.

    Args:
        s3: Calls to S3: names of inputs, and the control bucket.
        bucket: The control bucket.
        outcome: What became of an earlier run, by its name.
        now: The clock.
    """

    s3: S3
    bucket: str
    outcome: Callable[[str], Outcome]
    now: Callable[[], datetime]

    def source(self, run: Run) -> Mapping[str, str]:
        """What the jobs of a run read: S3DataType and S3Uri."""
        if run.asked.redo is not None:
            key = key_of_redo(run.transform, run.asked.redo)
        elif run.lists_inputs:
            key = key_of_run(run.transform, run.name)
        else:
            return run.order.source(run.moment)
        return {"S3DataType": "ManifestFile", "S3Uri": f"s3://{self.bucket}/{key}"}

    def require_complete(self, run: Run) -> None:
        """See that the inputs are complete, where an object says so.

        Raises:
            AwaitedError: They are not, and there is time.
            NothingError: They never were.
        """
        ready = run.settings["Ready"]
        asked = run.asked
        if not ready or asked.redo or asked.arrival or asked.shard:
            return
        place = run.order.source(run.moment)["S3Uri"]
        if is_there(self.s3, f"{place}{ready}"):
            return
        if not run.waited_longer_than(READY_WITHIN, self.now()):
            raise AwaitedError(f"{place}{ready} is waited for.")
        hours = READY_WITHIN // timedelta(hours=1)
        raise NothingError(f"{place}{ready} did not come within {hours} hours.")

    def require_some(self, run: Run) -> None:
        """See that there is something to read, and write the manifest of it.

        It may be asked again and finds the same.

        Raises:
            NothingError: There is nothing.
            LauncherError: What is asked for cannot be read.
        """
        if run.asked.redo is not None:
            self._require_failed_inputs(run, run.asked.redo)
        elif not run.lists_inputs:
            self._require_any(run)
        elif read_manifest(self.s3, self.bucket, key_of_run(run.transform, run.name)):
            return
        elif run.asked.arrival is not None:
            arrival = run.asked.arrival
            self._take(run, arrival.key, VersionId=arrival.version_id)
        elif run.asked.shard is not None:
            self._take(run, run.asked.shard["key"])
        else:
            self._select(run)

    def _require_failed_inputs(self, run: Run, job: str) -> None:
        key = key_of_redo(run.transform, job)
        if read_manifest(self.s3, self.bucket, key) is None:
            raise LauncherError(
                f"Nothing is known of inputs that {job} left out: it is no job of "
                f"{run.transform} that ended with failed inputs, or its end has not "
                "been announced yet."
            )

    def _require_any(self, run: Run) -> None:
        source = run.order.source(run.moment)
        if source["S3DataType"] != "S3Prefix":
            return
        try:
            found = next(entries(self.s3, source["S3Uri"]), None)
        except UncountableError:  # Whether there is something, SageMaker says.
            return
        if found is None:
            raise NothingError(f"There is no object below {source['S3Uri']}.")

    def _take(self, run: Run, key: str, **version: str) -> None:
        """Copy a manifest that somebody put: the next upload may replace it."""
        where = f"The manifest s3://{self.bucket}/{key}"
        given = read_manifest(self.s3, self.bucket, key, **version)
        if given is None:
            raise LauncherError(f"{where} is not there.")
        mine = _static_folder(run.order.pattern)
        if not given.folder.startswith(mine):
            raise LauncherError(
                f"{where} names objects below {given.folder}, and {run.transform} "
                f"reads below {mine}."
            )
        if not given.paths:
            raise NothingError("The manifest names no object.")
        self._write(run, given)

    def _select(self, run: Run) -> None:
        place = run.order.source(run.moment)["S3Uri"]
        ready = run.settings["Ready"]
        try:
            there = {
                path: each["ETag"]
                for path, each in entries(self.s3, place)
                if path != ready
            }
        except UncountableError as error:
            raise LauncherError(
                f"The objects below {place} cannot be listed one by one: there are "
                f"more than {LIMIT}, or they may not be seen."
            ) from error
        paths, which = sorted(there), ""
        if run.settings["Select"] == "new":
            which = "new "
            paths = Selections(
                records=Records(s3=self.s3, bucket=self.bucket), outcome=self.outcome
            ).new(run.transform, place, run.name, there)
        if not paths:
            raise NothingError(f"There is no {which}object below {place}.")
        bucket, _ = parsed(place)
        folder = f"s3://{bucket}/{folder_of(place)}"
        self._write(run, Manifest(folder=folder, paths=paths))

    def _write(self, run: Run, manifest: Manifest) -> None:
        key = key_of_run(run.transform, run.name)
        write_manifest(self.s3, self.bucket, key, manifest)


def _static_folder(pattern: str) -> str:
    """What the inputs of every day lie below."""
    return pattern.partition("{")[0].rpartition("/")[0] + "/"
