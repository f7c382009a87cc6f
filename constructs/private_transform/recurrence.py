"""A call that AWS makes by schedule."""

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from private_transform.service_role import Place, allow, service_role


class Recurrence(Construct):
    """Makes one call again and again, with a role that may do nothing else.

    Args:
        place: Where the environment is.
        role_path: IAM path of the role.
        description: What it is for.
        expression: When, as EventBridge Scheduler reads it.
        time_zone: What the expression means, by its IANA name.
        does: The right that the call takes, such as `lambda:InvokeFunction`.
        target_arn: What is called.
        content: JSON that the call passes on.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        place: Place,
        role_path: str,
        description: str,
        expression: str,
        time_zone: str,
        does: str,
        target_arn: str,
        content: str,
    ) -> None:
        super().__init__(scope, construct_id)
        role = service_role(
            self,
            "Role",
            service="scheduler.amazonaws.com",
            path=role_path,
            description=description,
            # AWS: Confused deputy prevention in EventBridge Scheduler.
            conditions={"StringEquals": {"aws:SourceAccount": place.account}},
            statements=[allow("Call", [does], [target_arn])],
        )
        scheduler.CfnSchedule(
            self,
            "Resource",
            description=description,
            schedule_expression=expression,
            schedule_expression_timezone=time_zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="OFF"
            ),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target_arn, role_arn=role, input=content
            ),
        )
