"""Alarms on how one transform's runs do."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from private_transform.environment import Runs
from private_transform.handlers.contract import (
    FAILED_RUN,
    HOURS_SINCE_SUCCESS,
    METRICS,
    TIMES_USUAL,
)

_TIMES_USUAL = 2
"""A run that lasts longer than so many usual ones is looked at."""

_WATCHED_SECONDS = 1800
"""Some looks of the watch, so that one that is late changes nothing."""


class RunAlarms(Construct):
    """One alarm for each thing that somebody should know of a transform.

    `Failed`: red from a run that failed until one that did not, whoever started them. A
    deployment that hands a long job over has succeeded before that job fails; this is
    what still says so. Missing data change nothing, for a transform does not run every
    minute (AWS: Configuring how CloudWatch alarms treat missing data).

    `Late`: red while no run has ended well for longer than expected. Where nobody tells
    how long ago that was, the alarm says that it does not know.

    `Slow`: red while a run lasts longer than two that ended well usually do. Runs in
    shards have none: how long such a run lasts is not measured.

    Args:
        environment: The environment's name.
        transform: The transform's name.
        topic_arn: Hears of each change.
        runs: Of a transform that runs by itself: how often it should end well.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        transform: str,
        topic_arn: str,
        runs: Runs | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment, self._transform = environment, transform
        self._topic_arn = topic_arn
        whose = f"{transform} in {environment}"
        self._alarm(
            "Failed",
            f"The last run of {whose} failed: its evidence in the control bucket says "
            "which and why.",
            metric=FAILED_RUN,
            threshold=1,
            comparison="GreaterThanOrEqualToThreshold",
            period=60,
            missing="ignore",
        )
        if runs is None:
            return
        if runs.expected_every_hours is not None:
            self._alarm(
                "Late",
                f"No run of {whose} has ended well for {runs.expected_every_hours} "
                "hours: see whether its schedule is on, and how its last runs ended.",
                metric=HOURS_SINCE_SUCCESS,
                threshold=runs.expected_every_hours,
                comparison="GreaterThanThreshold",
                period=_WATCHED_SECONDS,
                missing="missing",
            )
        if runs.shards is not None:
            return
        self._alarm(
            "Slow",
            f"A run of {whose} lasts more than {_TIMES_USUAL} times as long as usual: "
            "see its metrics and logs.",
            metric=TIMES_USUAL,
            threshold=_TIMES_USUAL,
            comparison="GreaterThanThreshold",
            period=_WATCHED_SECONDS,
            missing="notBreaching",
        )

    def _alarm(
        self,
        construct_id: str,
        says: str,
        *,
        metric: str,
        threshold: float,
        comparison: str,
        period: int,
        missing: str,
    ) -> None:
        cloudwatch.CfnAlarm(
            self,
            construct_id,
            alarm_description=says,
            namespace=METRICS,
            metric_name=metric,
            dimensions=[
                {"name": "Environment", "value": self._environment},
                {"name": "Transform", "value": self._transform},
            ],
            statistic="Maximum",
            period=period,
            evaluation_periods=1,
            threshold=threshold,
            comparison_operator=comparison,
            treat_missing_data=missing,
            alarm_actions=[self._topic_arn],
            ok_actions=[self._topic_arn],
        )
