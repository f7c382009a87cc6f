"""CloudWatch, as far as an alarm on one metric sees it.

Of a minute's values an alarm sees the largest, and of minutes the last (AWS: Alarm
evaluation).
"""

from datetime import datetime
from typing import Any

Name = tuple[str, ...]


class Metrics:
    """The values of metrics.

    Attributes:
        values: The largest of each minute, by metric and dimensions.
    """

    def __init__(self) -> None:
        self.values: dict[Name, dict[datetime, float]] = {}

    def put_metric_data(self, **request: Any) -> dict[str, Any]:
        """Answer PutMetricData."""
        for datum in request["MetricData"]:
            dimensions = [each["Value"] for each in datum["Dimensions"]]
            name = (request["Namespace"], datum["MetricName"], *dimensions)
            minute = datum["Timestamp"].replace(second=0, microsecond=0)
            values = self.values.setdefault(name, {})
            values[minute] = max(datum["Value"], values.get(minute, 0))
        return {}

    def last(self, *name: str) -> float | None:
        """What an alarm goes by; None while there is nothing."""
        values = self.values.get(name)
        return values[max(values)] if values else None
