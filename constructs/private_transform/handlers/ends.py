"""Whether the last of a transform's jobs failed, as a metric that an alarm watches.

Events come late, in any order and several at once (AWS: EventBridge, delivery of
events). So the newest end is remembered, and whoever counts an end tells of that one.
Of one minute an alarm sees one number, and of several minutes it believes the last
(AWS: Alarm evaluation): so a value that is new gets a minute of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from .aws import CloudWatch
from .contract import FAILED_RUN, INPUTS, OUTPUTS
from .ending import GOOD_ENOUGH
from .metrics import Value, put_values
from .records import Records

_MINUTE = timedelta(minutes=1)

_UNDER = {"ServerSideEncryption": "AES256"}
"""With S3's key: it names no input, and the watch reads it, which has no right to ours.
"""

_PARTS = ("arrival", "redo")
"""Origins of runs over what somebody chose, which lasts as long as it lasts."""

_KEPT = 9
"""Of so many runs that ended well it is remembered how long they lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Counts the ends of one environment's jobs.

    Args:
        records: The control bucket.
        cloudwatch: Calls to CloudWatch.
        environment: The environment's name.
        now: The clock.
    """

    records: Records
    cloudwatch: CloudWatch
    environment: str
    now: Callable[[], datetime]

    def count(self, transform: str, evidence: Mapping[str, Any]) -> None:
        """Take note of one end, unless it says nothing of how its transform does.

        Raises:
            ClientError: Another delivery was faster; this one is to come again.
        """
        if evidence["result"] in ("skipped", "stopped"):
            return
        # A shard's end is part of its run's, which tells how many of them failed.
        if evidence["launch"]["origin"] == "shard":
            return
        told = self._noted(f"ends/{transform}.json", _end(evidence))
        counts = ((INPUTS, evidence["inputs"]), (OUTPUTS, evidence["outputs"]))
        put_values(
            self.cloudwatch,
            self.environment,
            [
                Value(
                    transform=transform,
                    metric=FAILED_RUN,
                    value=float(told["failed"]),
                    # Up to two hours ahead are taken (AWS: PutMetricData).
                    at=datetime.fromisoformat(told["minute"]),
                ),
                *(
                    Value(transform=transform, metric=each, value=count, at=self.now())
                    for each, count in counts
                    if count is not None
                ),
            ],
        )

    def _noted(self, key: str, end: dict[str, Any]) -> dict[str, Any]:
        """The newest end that is known, `end` among them, and when to tell of it."""
        minute = self.now().replace(second=0, microsecond=0)
        found = self.records.read(key)
        if found is None:
            noted = {**end, "minute": minute.isoformat()}
            self.records.write(key, noted, IfNoneMatch="*", **_UNDER)
            return noted
        last, etag = found
        newest = max(last, end, key=itemgetter("ended"))
        free = datetime.fromisoformat(last["minute"])
        if newest["failed"] != last["failed"]:
            free += _MINUTE
        noted = {
            **newest,
            **_well(last, end),
            "minute": max(minute, free).isoformat(),
        }
        self.records.write(key, noted, IfMatch=etag, **_UNDER)
        return noted


def _end(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What is remembered of a run, and of those before it that ended well.

    `succeeded`: when the last one of these ended, if there was one. `lasted`: their
    jobs and for how many seconds each lasted, the last one last.
    """
    well = evidence["result"] in GOOD_ENOUGH
    ended = datetime.fromisoformat(evidence["ended"])
    lasted = []
    # A run in shards has no job of its own, and so no time.
    if well and evidence["job"] and evidence["launch"]["origin"] not in _PARTS:
        began = datetime.fromisoformat(evidence["job"]["CreationTime"])
        lasted = [[evidence["name"], (ended - began).total_seconds()]]
    return {
        "ended": evidence["ended"],
        "job": evidence["name"],
        "failed": not well,
        "succeeded": evidence["ended"] if well else "",
        "lasted": lasted,
    }


def _well(last: Mapping[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    """What both know of runs that ended well; an end may come twice."""
    lasted = dict(last.get("lasted", [])) | dict(end["lasted"])
    return {
        "succeeded": max(last.get("succeeded", ""), end["succeeded"]),
        "lasted": [list(each) for each in lasted.items()][-_KEPT:],
    }
