"""Whether the last of a transform's jobs failed, as a metric that an alarm watches.

Events come late and in any order (AWS: EventBridge, delivery of events), and an alarm
believes what comes last. So the newest end is remembered, and whoever counts an end
tells of the newest one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .aws import CloudWatch
from .contract import FAILED_RUN, METRICS
from .records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Counts the ends of one environment's jobs.

    Args:
        records: The control bucket.
        cloudwatch: Calls to CloudWatch.
        environment: The environment's name.
    """

    records: Records
    cloudwatch: CloudWatch
    environment: str

    def count(self, transform: str, evidence: Mapping[str, Any]) -> None:
        """Take note of one end; a job that was stopped says nothing of its transform.

        Raises:
            ClientError: Another delivery was faster; this one is to come again.
        """
        if evidence["result"] == "stopped":
            return
        job = evidence["job"]
        end = {
            "ended": job.get("TransformEndTime", job["CreationTime"]),
            "job": job["TransformJobName"],
            "result": evidence["result"],
        }
        told = None
        # Another delivery may have told of a newer end before us: it must stay told.
        while (newest := self._newest(transform, end)) != told:
            self._tell(transform, newest["result"])
            told = newest

    def _newest(self, transform: str, end: dict[str, str]) -> dict[str, str]:
        """The newest end that is known, `end` among them."""
        key = f"ends/{transform}.json"
        found = self.records.read(key)
        if found is None:
            self.records.write(key, end, IfNoneMatch="*")
            return end
        newest, etag = found
        if (newest["ended"], newest["job"]) >= (end["ended"], end["job"]):
            return newest
        self.records.write(key, end, IfMatch=etag)
        return end

    def _tell(self, transform: str, result: str) -> None:
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
                    "Value": 1.0 if result == "failed" else 0.0,
                }
            ],
        )
