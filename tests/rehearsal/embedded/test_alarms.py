"""Alarms of the embedded AWS look at their own data."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def states(client: Callable[..., Any]) -> Callable[[dict[str, float]], dict[str, str]]:
    """The states of alarms on one metric, by the dimension that got each value."""
    cloudwatch = client("cloudwatch")
    namespace = f"test-{uuid4().hex[:8]}"

    def after(values: dict[str, float]) -> dict[str, str]:
        dimensions = {name: [{"Name": "Of", "Value": name}] for name in values}
        for name in values:
            cloudwatch.put_metric_alarm(
                AlarmName=f"{namespace}-{name}",
                Namespace=namespace,
                MetricName="Failed",
                Dimensions=dimensions[name],
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                TreatMissingData="ignore",
            )
        for name, value in values.items():
            datum = {"MetricName": "Failed", "Dimensions": dimensions[name]}
            cloudwatch.put_metric_data(
                Namespace=namespace, MetricData=[{**datum, "Value": value}]
            )
        found = cloudwatch.describe_alarms(AlarmNamePrefix=namespace)["MetricAlarms"]
        return {
            each["AlarmName"].removeprefix(f"{namespace}-"): each["StateValue"]
            for each in found
        }

    return after


def test_an_alarm_does_not_see_the_data_of_others(
    states: Callable[[dict[str, float]], dict[str, str]],
) -> None:
    assert states({"good": 0, "bad": 1}) == {"good": "OK", "bad": "ALARM"}
    assert states({"bad": 1, "good": 0}) == {"good": "OK", "bad": "ALARM"}
