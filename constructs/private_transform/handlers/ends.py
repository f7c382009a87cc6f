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
from .contract import FAILED_RUN, METRICS
from .records import Records

_MINUTE = timedelta(minutes=1)


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
        told = self._noted(
            f"ends/{transform}.json",
            {
                "ended": evidence["ended"],
                "job": evidence["name"],
                "failed": evidence["result"] == "failed",
            },
        )
        dimensions = {"Environment": self.environment, "Transform": transform}
        self.cloudwatch.put_metric_data(
            Namespace=METRICS,
            MetricData=[
                {
                    "MetricName": FAILED_RUN,
                    "Dimensions": [
                        {"Name": name, "Value": value}
                        for name, value in dimensions.items()
                    ],
                    # Up to two hours ahead are taken (AWS: PutMetricData).
                    "Timestamp": datetime.fromisoformat(told["minute"]),
                    "Value": float(told["failed"]),
                }
            ],
        )

    def _noted(self, key: str, end: dict[str, Any]) -> dict[str, Any]:
        """The newest end that is known, `end` among them, and when to tell of it."""
        minute = self.now().replace(second=0, microsecond=0)
        found = self.records.read(key)
        if found is None:
            noted = {**end, "minute": minute.isoformat()}
            self.records.write(key, noted, IfNoneMatch="*")
            return noted
        last, etag = found
        newest = max(last, end, key=itemgetter("ended"))
        free = datetime.fromisoformat(last["minute"])
        if newest["failed"] != last["failed"]:
            free += _MINUTE
        noted = {**newest, "minute": max(minute, free).isoformat()}
        self.records.write(key, noted, IfMatch=etag)
        return noted
