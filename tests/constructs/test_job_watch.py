"""Jobs of the environment that last too long are looked for again and again."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from private_transform.job_watch import JobWatch
from tests.constructs.conftest import BUCKETS, HERE, Resources


def test_the_watch_knows_whose_jobs_and_how_long(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    JobWatch(
        stack,
        "JobWatch",
        environment="team",
        place=HERE,
        role_path="/p/launcher/",
        buckets=BUCKETS,
        control_bucket="the-control",
        log_group=log_group,
        max_runtime_in_hours=12,
    )
    (function,) = (each["Properties"] for each in resources("AWS::Lambda::Function"))
    assert function["Handler"] == "handlers.entry.watch"
    assert function["Environment"]["Variables"] == {
        "ENVIRONMENT": "team",
        "CONTROL_BUCKET": "the-control",
        "MAX_RUNTIME_IN_HOURS": "12",
    }
    (schedule,) = (each["Properties"] for each in resources("AWS::Scheduler::Schedule"))
    assert schedule["ScheduleExpression"] == "rate(10 minutes)"
