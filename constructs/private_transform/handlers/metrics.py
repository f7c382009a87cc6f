"""The environment's own metrics, each of them of one transform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .aws import CloudWatch
from .contract import METRICS

_AT_ONCE = 1000
"""How many values one call takes (AWS: PutMetricData)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value.

    Args:
        transform: Whose.
        metric: The metric's name.
        value: The value.
        at: When it was so.
    """

    transform: str
    metric: str
    value: float
    at: datetime


def put_values(
    cloudwatch: CloudWatch, environment: str, values: Sequence[Value]
) -> None:
    """Tell CloudWatch of some values.

    Args:
        cloudwatch: Calls to CloudWatch.
        environment: The environment's name.
        values: What to tell.
    """
    for start in range(0, len(values), _AT_ONCE):
        cloudwatch.put_metric_data(
            Namespace=METRICS,
            MetricData=[
                {
                    "MetricName": each.metric,
                    "Dimensions": [
                        {"Name": "Environment", "Value": environment},
                        {"Name": "Transform", "Value": each.transform},
                    ],
                    "Timestamp": each.at,
                    "Value": each.value,
                }
                for each in values[start : start + _AT_ONCE]
            ],
        )
