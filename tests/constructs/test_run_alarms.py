"""A transform has an alarm for each thing that somebody should know of its runs."""

from typing import Any

import aws_cdk as cdk
import pytest

from private_transform.environment import Runs, Shards
from private_transform.run_alarms import RunAlarms
from tests.constructs.conftest import Resources


def alarms(
    stack: cdk.Stack, resources: Resources, runs: Runs | None
) -> dict[str, dict[str, Any]]:
    RunAlarms(
        stack,
        "Alarm",
        environment="dev",
        transform="faces",
        topic_arn="arn:topic",
        runs=runs,
    )
    found = (each["Properties"] for each in resources("AWS::CloudWatch::Alarm"))
    return {each["MetricName"]: each for each in found}


@pytest.mark.parametrize(
    ("runs", "metrics"),
    [
        (None, {"FailedRun"}),
        (Runs(), {"FailedRun", "TimesUsual"}),
        (
            Runs(expected_every_hours=26),
            {"FailedRun", "TimesUsual", "HoursSinceSuccess"},
        ),
        (
            Runs(shards=Shards(manifest="shards/faces/all.json", max_concurrency=2)),
            {"FailedRun"},
        ),
    ],
)
def test_what_the_file_asks_for_is_watched(
    stack: cdk.Stack, resources: Resources, runs: Runs | None, metrics: set[str]
) -> None:
    found = alarms(stack, resources, runs)

    assert found.keys() == metrics
    for each in found.values():
        assert each["Namespace"] == "PrivateTransform"
        assert each["AlarmActions"] == each["OKActions"] == ["arn:topic"]
        assert each["Dimensions"] == [
            {"Name": "Environment", "Value": "dev"},
            {"Name": "Transform", "Value": "faces"},
        ]


def test_a_run_is_late_when_none_ended_well_for_longer_than_expected(
    stack: cdk.Stack, resources: Resources
) -> None:
    late = alarms(stack, resources, Runs(expected_every_hours=26))["HoursSinceSuccess"]

    assert (late["Threshold"], late["ComparisonOperator"]) == (
        26,
        "GreaterThanThreshold",
    )
    # A watch that says nothing is no sign that all is well.
    assert late["TreatMissingData"] == "missing"
    # The watch tells every ten minutes.
    assert late["Period"] >= 2 * 600


def test_a_run_is_slow_from_twice_the_usual(
    stack: cdk.Stack, resources: Resources
) -> None:
    slow = alarms(stack, resources, Runs())["TimesUsual"]

    assert slow["Threshold"] == 2
    # Where no run goes on, none is slow.
    assert slow["TreatMissingData"] == "notBreaching"
