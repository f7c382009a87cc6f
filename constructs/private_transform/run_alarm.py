"""An alarm that is red while a transform's last run is one that failed."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from private_transform.handlers.contract import FAILED_RUN, METRICS


class RunAlarm(Construct):
    """Red from a run that failed until one that did not, whoever started them.

    A deployment that hands a long job over has succeeded before that job fails; this
    is what still says so. Missing data change nothing, for a transform does not run
    every minute (AWS: Configuring how CloudWatch alarms treat missing data).

    Args:
        environment: The environment's name.
        transform: The transform's name.
        topic_arn: Hears of each change.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        transform: str,
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        cloudwatch.CfnAlarm(
            self,
            "Resource",
            alarm_description=f"The last run of {transform} in {environment} failed: "
            "its evidence in the control bucket says which and why.",
            namespace=METRICS,
            metric_name=FAILED_RUN,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                for name, value in (
                    ("Environment", environment),
                    ("Transform", transform),
                )
            ],
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="ignore",
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
        )
