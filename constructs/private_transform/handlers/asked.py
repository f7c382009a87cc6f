"""What an execution's input asks for.

`{}`: a run over what is there now. `{"run_date": "2030-01-31"}`, perhaps with
`"run_hour": "07"`: the run of that day; with `"if_missing": true`, unless one of that
day has ended well. `{"redo": "JOB"}`: a job's failed inputs once more. `{"again":
"RUN"}`: what of a run's shards is not done. Of a schedule, `{"scheduled":
"2030-01-31T01:00:00Z"}`; of an upload, `{"arrival": {"key": ..., "version_id": ...,
"at": ...}}`; of a run in shards, for each of them, `{"shard": {...}}`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from .lifecycle import LauncherError, bounded
from .moment import Moment
from .names import JOB_NAME, digest

_FORMS = (
    '{}, or {"run_date": "2030-01-31"}, perhaps with "run_hour": "07" and '
    '"if_missing": true beside the date, or {"redo": "JOB_NAME"}, or {"again": "RUN"}'
)
_HOUR = re.compile(r"[01][0-9]|2[0-3]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A manifest that was uploaded.

    Args:
        key: Its key in the control bucket.
        version_id: Which version of it: a new upload is a new arrival.
        at: When it was uploaded.
    """

    key: str
    version_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one execution is to do; at most one of these is given.

    Args:
        scheduled: When a schedule wanted it.
        arrival: The manifest that it is over.
        redo: The job whose failed inputs it is over.
        again: The run whose shards it is over, as far as they are not done.
        shard: The shard that it is over: `of` which run, the `root`, which had it
            first, its `name`, the `key` of its manifest, `run_date` and `run_hour`.
        moment: What a person said that it is for.
        if_missing: Whether that is to be run only if it was not, well enough.
    """

    scheduled: datetime | None = None
    arrival: Arrival | None = None
    redo: str | None = None
    again: str | None = None
    shard: Mapping[str, str] | None = None
    moment: Moment | None = None
    if_missing: bool = False

    @classmethod
    def of(cls, given: Any) -> "Asked":
        """Read an execution's input.

        Raises:
            LauncherError: It is not understood.
        """
        try:
            match given:
                case {"scheduled": str(when), **rest} if not rest:
                    return cls(scheduled=_instant(when))
                case {
                    "arrival": {
                        "key": str(key),
                        "version_id": str(version),
                        "at": str(at),
                    },
                    **rest,
                } if version and not rest:
                    arrival = Arrival(key=key, version_id=version, at=_instant(at))
                    return cls(arrival=arrival)
                case {"redo": str(job), **rest} if not rest and JOB_NAME.fullmatch(job):
                    return cls(redo=job)
                case {"again": str(run), **rest} if not rest and JOB_NAME.fullmatch(
                    run
                ):
                    return cls(again=run)
                case {
                    "shard": {
                        "of": str(),
                        "root": str(),
                        "name": str(),
                        "key": str(),
                        "run_date": str(day),
                        "run_hour": hour,
                    } as shard,
                    "Order": _,
                }:
                    moment = Moment(date=date.fromisoformat(day), hour=_hour(hour))
                    return cls(shard=shard, moment=moment)
                case {"run_date": str(day), **rest} if rest.keys() <= {
                    "run_hour",
                    "if_missing",
                } and isinstance(rest.get("if_missing", False), bool):
                    hour = _hour(rest.get("run_hour", "00"))
                    return cls(
                        moment=Moment(date=date.fromisoformat(day), hour=hour),
                        if_missing=rest.get("if_missing") is True,
                    )
                case {**everything} if not everything:
                    return cls()
        except ValueError:
            pass
        said = bounded(json.dumps(given, ensure_ascii=False), 200)
        raise LauncherError(f"An execution's input is {_FORMS}, and not {said}.")

    @property
    def origin(self) -> str:
        """What kind of event asks."""
        if self.scheduled is not None:
            return "schedule"
        if self.arrival is not None:
            return "arrival"
        if self.shard is not None:
            return "shard"
        return "execution" if self.redo is None else "redo"

    @property
    def apart(self) -> str:
        """What it may be run beside: a name of its own, or nothing."""
        if self.arrival is not None:
            return f"arrival-{digest(self._upload)[:16]}"
        if self.redo is not None:
            return f"redo-{self.redo}"
        if self.again is not None:
            return f"again-{self.again}"
        if self.shard is not None:
            return f"shard-{digest(self._shard)[:16]}"
        if self.moment is not None:
            return f"{self.moment.date.isoformat()}T{self.moment.hour:02}"
        return ""

    def identity(self, execution: str) -> str:
        """What two executions have in common that are to make one run.

        Schedules and events begin one at least once (AWS: EventBridge Scheduler;
        AWS: EventBridge, delivery of events).
        """
        if self.scheduled is not None:
            return self.scheduled.isoformat()
        if self.shard is not None:
            return self._shard
        return execution if self.arrival is None else self._upload

    def by(self, execution: str) -> dict[str, str]:
        """Which event asks, for the evidence."""
        by = {"execution": execution}
        if self.scheduled is not None:
            by["scheduled"] = self.scheduled.isoformat()
        if self.arrival is not None:
            by |= {"manifest": self.arrival.key, "version_id": self.arrival.version_id}
        if self.redo is not None:
            by["redo_of"] = self.redo
        if self.again is not None:
            by["again_of"] = self.again
        if self.shard is not None:
            by |= {"shard": self.shard["name"], "shard_of": self.shard["of"]}
        return by

    def run_moment(self, began: datetime, zone: str) -> Moment:
        """The day and hour that the run is for."""
        arrived = self.arrival.at if self.arrival else None
        return self.moment or Moment.of(self.scheduled or arrived or began, zone)

    @property
    def _shard(self) -> str:
        assert self.shard is not None
        return identity_of_shard(self.shard["of"], self.shard["name"])

    @property
    def _upload(self) -> str:
        assert self.arrival is not None
        return f"{self.arrival.key} {self.arrival.version_id}"


def identity_of_shard(run: str, shard: str) -> str:
    """What executions have in common that are to run the same shard."""
    return f"{run} {shard}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _hour(text: Any) -> int:
    if isinstance(text, str) and _HOUR.fullmatch(text):
        return int(text)
    raise ValueError(text)
