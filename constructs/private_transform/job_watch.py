"""What looks at running jobs every few minutes."""

from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.handler_function import HandlerFunction
from private_transform.handlers.contract import METRICS
from private_transform.jobs_of_ours import stop_jobs
from private_transform.lock import Buckets
from private_transform.recurrence import Recurrence
from private_transform.service_role import Place, allow

_EVERY_MINUTES = 10


class JobWatch(Construct):
    """Stops jobs that last longer than the environment allows, whoever started them.

    It also tells CloudWatch how long ago each transform did well, and how long a run
    lasts that goes on.

    Args:
        environment: The environment's name: what its jobs begin with.
        place: Where the environment is.
        role_path: IAM path of the function's role.
        buckets: The control bucket takes why a job was stopped, and has what is noted
            of ends.
        control_bucket: Its name.
        log_group: Where the function logs.
        max_runtime_in_hours: How long a job may last.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        place: Place,
        role_path: str,
        buckets: Buckets,
        control_bucket: str,
        log_group: logs.ILogGroup,
        max_runtime_in_hours: int,
    ) -> None:
        super().__init__(scope, construct_id)
        function = HandlerFunction(
            self,
            "Function",
            entry="watch",
            description=f"Looks after jobs of {environment} that run",
            role_path=role_path,
            statements=[
                allow("ListJobs", ["sagemaker:ListTransformJobs"], ["*"]),
                stop_jobs(place, environment),
                allow("SayWhy", ["s3:PutObject"], [f"{buckets.control}/stops/*"]),
                allow("SeeEnds", ["s3:ListBucket"], [buckets.control]),
                allow("LookBack", ["s3:GetObject"], [f"{buckets.control}/ends/*"]),
                allow(
                    "TellHowTransformsDo",
                    ["cloudwatch:PutMetricData"],
                    ["*"],
                    StringEquals={"cloudwatch:namespace": METRICS},
                ),
            ],
            log_group=log_group,
            variables={
                "ENVIRONMENT": environment,
                "CONTROL_BUCKET": control_bucket,
                "MAX_RUNTIME_IN_HOURS": str(max_runtime_in_hours),
            },
            timeout_seconds=60,
        ).function
        Recurrence(
            self,
            "Schedule",
            place=place,
            role_path=role_path,
            description=f"Looks at the jobs of {environment} that run",
            expression=f"rate({_EVERY_MINUTES} minutes)",
            time_zone="UTC",
            does="lambda:InvokeFunction",
            target_arn=function.function_arn,
            content="{}",
        )
