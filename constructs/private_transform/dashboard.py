"""One page on which somebody sees how an environment does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from private_transform.handlers.contract import (
    FAILED_RUN,
    HOURS_SINCE_SUCCESS,
    INPUTS,
    JOB_LOG_GROUP,
    METRICS,
    OUTPUTS,
    TIMES_USUAL,
)

_COLUMNS, _HEIGHT = 24, 6
"""The width of a dashboard, and the height of a panel (AWS: Dashboard body structure
and syntax)."""

Panel = tuple[str, str, Mapping[str, str]]
"""Title, statistic, and the searches by what their lines are called; `${LABEL}` is what
tells the lines of one search apart (AWS: Using dynamic labels)."""

_EACH = "${LABEL}"


class Dashboard(Construct):
    """Jobs, runs, functions, queues and uses of the key.

    Dashboards belong to the whole account, so the name has the region too (AWS: Using
    Amazon CloudWatch dashboards). Jobs and transforms come and go, so panels search:
    they show what has told something in the last two weeks. A search knows words and no
    beginnings: a job of somebody else with the environment's name in its own is shown
    too (AWS: CloudWatch search expression syntax).

    Args:
        environment: The environment's name.
        region: Where it is.
        control_bucket: Where the evidence lies.
        key_arn: ARN of the key.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        region: str,
        control_bucket: str,
        key_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        panels = [
            *_of_jobs(environment),
            *_of_runs(environment),
            *_of_us(environment),
            _of_the_key(key_arn),
        ]
        words = (
            f"# {environment}\nEach run that ended left its evidence, what ran over "
            f"what and how it ended, in `s3://{control_bucket}/evidence/`. Logs of "
            f"jobs: `{JOB_LOG_GROUP}`, in streams that begin with the job's name. "
            f"Queries over logs: `private-transform/{environment}/`."
        )
        cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_name=f"private-transform-{environment}-{region}",
            dashboard_body=json.dumps(
                {"widgets": [_text(words), *_placed(panels, region)]}
            ),
        )


def _of_jobs(environment: str) -> Iterator[Panel]:
    """Host is JOB/INSTANCE (AWS: Monitoring Amazon SageMaker AI with CloudWatch)."""
    for title, metric in (
        ("CPU of jobs, in per cent of one core", "CPUUtilization"),
        ("Memory of jobs, in per cent", "MemoryUtilization"),
        ("GPU of jobs, in per cent of one", "GPUUtilization"),
        ("GPU memory of jobs, in per cent of one", "GPUMemoryUtilization"),
    ):
        found = f'{{"{JOB_LOG_GROUP}",Host}} MetricName="{metric}" Host={environment}'
        yield title, "Average", {_EACH: found}


def _of_runs(environment: str) -> Iterator[Panel]:
    """AWS: Monitoring Step Functions metrics using CloudWatch; and our own metrics."""
    machines = f"{{AWS/States,StateMachineArn}} StateMachineArn={environment}"
    yield (
        "Executions",
        "Sum",
        {
            f"{_EACH} {what.lower()}": f'{machines} MetricName="Executions{what}"'
            for what in ("Started", "Succeeded", "Failed")
        },
    )
    own = f'{{{METRICS},Environment,Transform}} Environment="{environment}"'
    for title, *metrics in (
        ("Failed runs", FAILED_RUN),
        ("Hours since a run ended well", HOURS_SINCE_SUCCESS),
        ("Length of running runs, in usual ones", TIMES_USUAL),
        ("Objects read and written", INPUTS, OUTPUTS),
    ):
        yield (
            title,
            "Maximum",
            {f"{_EACH} {each}": f'{own} MetricName="{each}"' for each in metrics},
        )


def _of_us(environment: str) -> Iterator[Panel]:
    """AWS: Types of metrics for Lambda functions; Amazon SQS metrics."""
    functions = (
        f"{{AWS/Lambda,FunctionName}} FunctionName={environment} "
        "FunctionName=operations"
    )
    yield (
        "Functions that fail or wait",
        "Sum",
        {
            f"{_EACH} {each.lower()}": f'{functions} MetricName="{each}"'
            for each in ("Errors", "Throttles")
        },
    )
    queues = f"{{AWS/SQS,QueueName}} QueueName={environment} QueueName=operations"
    yield (
        "Events that wait, or could not be handled",
        "Maximum",
        {_EACH: f'{queues} MetricName="ApproximateNumberOfMessagesVisible"'},
    )


def _of_the_key(key_arn: str) -> Panel:
    """AWS: Monitor KMS keys with Amazon CloudWatch, SuccessfulRequest."""
    uses = f'{{AWS/KMS,KeyArn,Operation}} KeyArn="{key_arn}"'
    return (
        "Uses of the key",
        "Sum",
        {_EACH: f'{uses} MetricName="SuccessfulRequest"'},
    )


def _text(words: str) -> dict[str, Any]:
    return {
        "type": "text",
        **{"x": 0, "y": 0, "width": _COLUMNS, "height": 3},
        "properties": {"markdown": words},
    }


def _placed(panels: Sequence[Panel], region: str) -> Iterator[dict[str, Any]]:
    """Two in a row, below the text."""
    width = _COLUMNS // 2
    for number, (title, statistic, searches) in enumerate(panels):
        row, column = divmod(number, 2)
        yield {
            "type": "metric",
            **{"x": column * width, "y": 3 + row * _HEIGHT},
            **{"width": width, "height": _HEIGHT},
            "properties": {
                "title": title,
                "region": region,
                "metrics": [
                    [
                        {
                            "expression": f"SEARCH('{search}', '{statistic}')",
                            "id": f"e{index}",
                            "label": label,
                        }
                    ]
                    for index, (label, search) in enumerate(searches.items(), 1)
                ],
            },
        }
