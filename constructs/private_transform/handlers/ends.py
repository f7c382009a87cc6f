"""Whether the last of a transform's jobs failed, as a metric that an alarm watches.

Events come late and in any order (AWS: EventBridge, delivery of events), and an alarm
believes what comes last. So the newest end is remembered, and only that one counts.
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
        if evidence["result"] == "stopped" or not self._is_newest(transform, evidence):
            return
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
                    "Value": 1.0 if evidence["result"] == "failed" else 0.0,
                }
            ],
        )

    def _is_newest(self, transform: str, evidence: Mapping[str, Any]) -> bool:
        job = evidence["job"]
        ended = job.get("TransformEndTime", job["CreationTime"])
        end = {"job": job["TransformJobName"], "ended": ended}
        key = f"ends/{transform}.json"
        found = self.records.read(key)
        if found is None:
            self.records.write(key, end, IfNoneMatch="*")
            return True
        newest, etag = found
        if newest["ended"] > end["ended"]:
            return False
        if newest != end:
            self.records.write(key, end, IfMatch=etag)
        return True
