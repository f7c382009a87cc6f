"""A recurring call is made with a role that may make that call alone."""

import aws_cdk as cdk

from private_transform.recurrence import Recurrence
from tests.constructs.conftest import HERE, Resources


def test_it_calls_its_target_and_nothing_else(
    stack: cdk.Stack, resources: Resources
) -> None:
    Recurrence(
        stack,
        "Nightly",
        place=HERE,
        role_path="/p/",
        description="Wakes it",
        expression="rate(1 day)",
        time_zone="Asia/Tokyo",
        does="lambda:InvokeFunction",
        target_arn="arn:1",
        content='{"wake": true}',
    )
    (schedule,) = (each["Properties"] for each in resources("AWS::Scheduler::Schedule"))
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["Target"]["Arn"] == "arn:1"
    assert schedule["Target"]["Input"] == '{"wake": true}'
    (role,) = (each["Properties"] for each in resources("AWS::IAM::Role"))
    assert role["Path"] == "/p/"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": HERE.account}}
    (policy,) = role["Policies"]
    (rights,) = policy["PolicyDocument"]["Statement"]
    assert (rights["Action"], rights["Resource"]) == (
        ["lambda:InvokeFunction"],
        ["arn:1"],
    )
