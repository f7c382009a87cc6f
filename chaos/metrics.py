"""CloudWatch, as far as an alarm on one metric sees it."""

from typing import Any


class Metrics:
    """The newest value of each metric decides about its alarm.

    Attributes:
        newest: Values by metric and dimensions.
    """

    def __init__(self) -> None:
        self.newest: dict[tuple[str, ...], float] = {}

    def put_metric_data(self, **request: Any) -> dict[str, Any]:
        """Answer PutMetricData."""
        for datum in request["MetricData"]:
            values = [each["Value"] for each in datum["Dimensions"]]
            key = (request["Namespace"], datum["MetricName"], *values)
            self.newest[key] = datum["Value"]
        return {}
