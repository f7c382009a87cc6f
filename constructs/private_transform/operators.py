"""What operators may do: begin, stop and repeat runs, and see how they do. No data."""

from typing import Any

from private_transform.handlers.contract import JOB_LOG_GROUP
from private_transform.service_role import Place, allow, policy_document


def operator_policy(environment: str, place: Place) -> dict[str, Any]:
    """The identity policy of the duty.

    Names of inputs stand in what runs tell and in logs of containers, and so does
    whatever a container prints.

    Args:
        environment: The environment's name.
        place: Where the environment is.
    """
    machines = place.arn("states", f"stateMachine:{environment}-*")
    executions = place.arn("states", f"execution:{environment}-*:*")
    jobs = place.arn("sagemaker", f"transform-job/{environment}-*")
    logs = place.arn("logs", f"log-group:{JOB_LOG_GROUP}")
    return policy_document(
        [
            allow("BeginRuns", ["states:StartExecution"], [machines]),
            allow("StopRuns", ["states:StopExecution"], [executions]),
            allow(
                "SeeRuns",
                [
                    "states:DescribeExecution",
                    "states:DescribeStateMachine",
                    "states:GetExecutionHistory",
                    "states:ListExecutions",
                ],
                [machines, executions],
            ),
            allow(
                "SeeAndStopJobs",
                ["sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"],
                [jobs],
            ),
            allow(
                "ReadJobLogs",
                [
                    "logs:DescribeLogStreams",
                    "logs:FilterLogEvents",
                    "logs:GetLogEvents",
                    "logs:StartQuery",
                ],
                [logs, f"{logs}:*"],
            ),
            # What knows no resources; it returns names and numbers.
            allow(
                "FindThem",
                [
                    "cloudwatch:DescribeAlarms",
                    "cloudwatch:GetDashboard",
                    "cloudwatch:GetMetricData",
                    "cloudwatch:ListDashboards",
                    "cloudwatch:ListMetrics",
                    "logs:DescribeLogGroups",
                    "logs:DescribeQueryDefinitions",
                    "logs:GetQueryResults",
                    "logs:StopQuery",
                    "sagemaker:ListTransformJobs",
                    "states:ListStateMachines",
                ],
                ["*"],
            ),
        ]
    )
