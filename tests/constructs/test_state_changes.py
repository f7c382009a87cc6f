import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from private_transform.state_changes import StateChanges
from tests.constructs.conftest import BUCKETS, HERE, Resources


def state_changes(
    stack: cdk.Stack, key: kms.IKey, log_group: logs.ILogGroup, *emails: str
) -> StateChanges:
    return StateChanges(
        stack,
        "StateChanges",
        environment="team",
        place=HERE,
        role_path="/p/launcher/",
        key=key,
        buckets=BUCKETS,
        control_bucket="the-control",
        log_group=log_group,
        emails=emails,
    )


def test_models_of_other_environments_are_left_alone(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, log_group: logs.ILogGroup
) -> None:
    state_changes(stack, key, log_group)
    rule, _ = resources("AWS::Events::Rule")
    # With its hyphen: `team-` is no beginning of a name of the environment `team2`.
    assert rule["Properties"]["EventPattern"]["detail"]["ModelName"] == [
        {"prefix": "team-"}
    ]


def test_each_address_is_subscribed_once(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, log_group: logs.ILogGroup
) -> None:
    state_changes(stack, key, log_group, "a@example.com", "b@example.com")
    assert [
        each["Properties"]["Endpoint"] for each in resources("AWS::SNS::Subscription")
    ] == ["a@example.com", "b@example.com"]


def test_evidence_and_announcements_go_where_they_are_sent(
    stack: cdk.Stack, resources: Resources, key: kms.IKey, log_group: logs.ILogGroup
) -> None:
    made = state_changes(stack, key, log_group)
    (function,) = resources("AWS::Lambda::Function")
    variables = function["Properties"]["Environment"]["Variables"]
    assert variables["CONTROL_BUCKET"] == "the-control"
    assert variables["ENVIRONMENT"] == "team"
    assert variables["TOPIC_ARN"] == stack.resolve(made.topic_arn)
    (topic,) = resources("AWS::SNS::Topic")
    assert topic["Properties"]["KmsMasterKeyId"] == key.key_arn
