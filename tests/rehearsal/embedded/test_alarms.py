"""Alarms of the embedded AWS look at their own data."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

States = Callable[..., dict[str, str]]


@pytest.fixture
def states(client: Callable[..., Any]) -> States:
    """The states of alarms on one metric, by the dimension that got each value."""
    cloudwatch = client("cloudwatch")
    namespace = f"test-{uuid4().hex[:8]}"

    def after(values: dict[str, float], minutes: int = 0) -> dict[str, str]:
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
            datum = {
                "MetricName": "Failed",
                "Dimensions": dimensions[name],
                "Timestamp": datetime.now(UTC) + timedelta(minutes=minutes),
                "Value": value,
            }
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])
        found = cloudwatch.describe_alarms(AlarmNamePrefix=namespace)["MetricAlarms"]
        return {
            each["AlarmName"].removeprefix(f"{namespace}-"): each["StateValue"]
            for each in found
        }

    return after


def test_an_alarm_goes_by_the_last_minute(states: States) -> None:
    assert states({"it": 1}) == {"it": "ALARM"}
    assert states({"it": 0}, minutes=2) == {"it": "OK"}
    assert states({"it": 1}, minutes=1) == {"it": "OK"}


def test_an_alarm_does_not_see_the_data_of_others(states: States) -> None:
    assert states({"good": 0, "bad": 1}) == {"good": "OK", "bad": "ALARM"}
    assert states({"bad": 1, "good": 0}) == {"good": "OK", "bad": "ALARM"}
