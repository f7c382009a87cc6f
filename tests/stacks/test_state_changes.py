"""Every job that ends reaches one handler, which tells one encrypted topic."""

from datetime import timedelta

import pytest
from botocore.config import Config

from private_transform.handlers.contract import FAILED_RUN, METRICS
from private_transform.handlers.entry import PATIENT, QUICK
from private_transform.handlers.patience import TRIES
from tests.synthesized import Resource, Statement, Synthesis


def test_rules_see_every_end_of_every_job_of_our_models_and_of_every_execution(
    synthesis: Synthesis,
) -> None:
    environment = synthesis.environment
    machines = f"arn:aws:states:{environment.region}:{environment.account}:stateMachine"
    rules = rules_that_fill(events_queue(synthesis), synthesis)
    for rule in rules:
        assert rule.properties.get("State", "ENABLED") == "ENABLED"
    assert [rule.properties["EventPattern"] for rule in rules] == [
        {
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Transform Job State Change"],
            "detail": {
                "ModelName": [{"prefix": f"{environment.name}-"}],
                "TransformJobStatus": ["Completed", "Failed", "Stopped"],
            },
        },
        {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {
                "stateMachineArn": [{"prefix": f"{machines}:{environment.name}-"}],
                "status": [{"anything-but": ["RUNNING"]}],
            },
        },
    ]


def test_state_machines_have_names_by_which_the_rule_knows_them(
    kept: Synthesis,
) -> None:
    names = {
        each.properties["StateMachineName"]
        for part in ("scores", "idle")
        for each in kept.all("AWS::StepFunctions::StateMachine", part)
    }
    assert names == {"prod-scores", "prod-idle"}


def test_a_queue_keeps_each_event_until_it_is_handled(synthesis: Synthesis) -> None:
    queue = events_queue(synthesis).properties
    fortnight = 14 * 24 * 60 * 60
    assert queue["MessageRetentionPeriod"] == fortnight
    for mapping in synthesis.all("AWS::Lambda::EventSourceMapping"):
        assert mapping.properties["BatchSize"] == 1
    timeout = handler(synthesis).properties["Timeout"]
    assert queue["VisibilityTimeout"] == 6 * timeout
    unhandled = synthesis.named(queue["RedrivePolicy"]["deadLetterTargetArn"])
    assert unhandled.properties["MessageRetentionPeriod"] == fortnight


def test_an_event_that_comes_too_early_is_handled_again_in_minutes(
    synthesis: Synthesis,
) -> None:
    queue = events_queue(synthesis).properties
    assert timedelta(seconds=queue["VisibilityTimeout"]) <= timedelta(minutes=6)


@pytest.mark.parametrize(
    ("name", "config", "tries"),
    [
        ("on_event", QUICK, TRIES),
        ("is_complete", PATIENT, 1),
        ("on_state_change", QUICK, 1),
    ],
)
def test_a_call_that_hangs_fails_before_its_function_is_ended(
    synthesis: Synthesis, name: str, config: Config, tries: int
) -> None:
    (function,) = (
        function
        for function in synthesis.functions_of_the_environment()
        if function.properties["Handler"] == f"handlers.entry.{name}"
    )
    attempts = config.retries["total_max_attempts"]
    # AWS: Retry behavior (SDKs and Tools): at most 1 second before the second attempt,
    # 2 before the third.
    pauses = sum(2**retry for retry in range(attempts - 1))
    hangs = attempts * (config.connect_timeout + config.read_timeout) + pauses
    assert tries * hangs < function.properties["Timeout"]


@pytest.mark.parametrize("entry", ["on_state_change", "on_tampering"])
def test_events_outlast_a_disabled_key(synthesis: Synthesis, entry: str) -> None:
    events = events_queue(synthesis, entry).properties
    tries = events["RedrivePolicy"]["maxReceiveCount"]
    assert tries <= 1000  # AWS: Amazon SQS message quotas.
    tried_for = tries * timedelta(seconds=events["VisibilityTimeout"])
    assert tried_for >= timedelta(days=1)
    for queue in synthesis.all("AWS::SQS::Queue"):
        assert queue.properties["SqsManagedSseEnabled"] is True
        assert "KmsMasterKeyId" not in queue.properties


def test_only_the_rules_fill_the_queue_and_only_with_tls(synthesis: Synthesis) -> None:
    policies = [
        statement
        for policy in synthesis.all("AWS::SQS::QueuePolicy")
        if policy.properties["Queues"] == [events_queue(synthesis).ref]
        for statement in Statement.of(policy.properties["PolicyDocument"])
    ]
    denied = [each for each in policies if each.effect == "Deny"]
    (allowed,) = (each for each in policies if each.effect == "Allow")
    assert denied[0].conditions == {"Bool": {"aws:SecureTransport": "false"}}
    rules = [rule.arn for rule in rules_that_fill(events_queue(synthesis), synthesis)]
    assert allowed.conditions == {"ArnEquals": {"aws:SourceArn": rules}}


def test_somebody_hears_of_what_could_not_be_handled(synthesis: Synthesis) -> None:
    topic = synthesis.one("AWS::SNS::Topic").ref
    unhandled = {
        synthesis.named(
            queue.properties["RedrivePolicy"]["deadLetterTargetArn"]
        ).attribute("QueueName")
        for queue in synthesis.all("AWS::SQS::Queue")
        if "RedrivePolicy" in queue.properties
    }
    alarms = [
        each.properties
        for each in synthesis.all("AWS::CloudWatch::Alarm", "operations")
    ]
    assert {each["Dimensions"][0]["Value"] for each in alarms} == unhandled
    for alarm in alarms:
        assert alarm["Namespace"] == "AWS/SQS"
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert alarm["Threshold"] == 0
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]


def test_no_queue_takes_plain_connections(synthesis: Synthesis) -> None:
    only_tls = {
        queue
        for policy in synthesis.all("AWS::SQS::QueuePolicy")
        for statement in Statement.of(policy.properties["PolicyDocument"])
        if statement.effect == "Deny"
        and statement.actions == ("sqs:*",)
        and statement.conditions == {"Bool": {"aws:SecureTransport": "false"}}
        for queue in policy.properties["Queues"]
        if statement.resources == (synthesis.named(queue).arn,)
    }
    assert only_tls == {queue.ref for queue in synthesis.all("AWS::SQS::Queue")}


def test_the_handler_knows_where_evidence_and_announcements_go(
    synthesis: Synthesis,
) -> None:
    assert handler(synthesis).properties["Environment"]["Variables"] == {
        "ENVIRONMENT": synthesis.environment.name,
        "CONTROL_BUCKET": synthesis.bucket("ControlBucket").ref,
        "TOPIC_ARN": synthesis.one("AWS::SNS::Topic").ref,
    }


def rules_that_fill(queue: Resource, synthesis: Synthesis) -> list[Resource]:
    return [
        rule
        for rule in synthesis.all("AWS::Events::Rule", "operations")
        if [each["Arn"] for each in rule.properties["Targets"]] == [queue.arn]
    ]


def events_queue(synthesis: Synthesis, entry: str = "on_state_change") -> Resource:
    """The queue that a function empties."""
    (queue,) = (
        synthesis.named(mapping.properties["EventSourceArn"])
        for mapping in synthesis.all("AWS::Lambda::EventSourceMapping")
        if mapping.properties["FunctionName"] == handler(synthesis, entry).ref
    )
    return queue


def handler(synthesis: Synthesis, entry: str = "on_state_change") -> Resource:
    """A function by its name in the handlers."""
    (found,) = (
        each
        for each in synthesis.functions_of_the_environment()
        if each.properties["Handler"] == f"handlers.entry.{entry}"
    )
    return found


def test_announcements_are_encrypted_with_our_key(synthesis: Synthesis) -> None:
    topic = synthesis.one("AWS::SNS::Topic").properties
    assert topic["KmsMasterKeyId"] == synthesis.key.arn


def test_the_topic_refuses_plain_connections(synthesis: Synthesis) -> None:
    policy = synthesis.one("AWS::SNS::TopicPolicy").properties
    statement, _ = Statement.of(policy["PolicyDocument"])
    assert policy["Topics"] == [synthesis.one("AWS::SNS::Topic").ref]
    assert (statement.effect, statement.actions) == ("Deny", ("sns:Publish",))
    assert statement.conditions == {"Bool": {"aws:SecureTransport": "false"}}


def test_alarms_of_this_account_announce_and_no_other_service(
    synthesis: Synthesis,
) -> None:
    policy = synthesis.one("AWS::SNS::TopicPolicy").properties
    allowed = [
        each
        for each in Statement.of(policy["PolicyDocument"])
        if each.effect == "Allow"
    ]
    here = f"{synthesis.environment.region}:{synthesis.environment.account}"
    assert [
        (each.principal, each.actions, each.resources, each.conditions)
        for each in allowed
    ] == [
        (
            {"Service": "cloudwatch.amazonaws.com"},
            ("sns:Publish",),
            (synthesis.one("AWS::SNS::Topic").ref,),
            {
                "StringEquals": {"aws:SourceAccount": synthesis.environment.account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{here}:alarm:*"},
            },
        )
    ]


def test_each_transform_has_an_alarm_that_stays_red_until_a_run_succeeds(
    synthesis: Synthesis,
) -> None:
    topic = synthesis.one("AWS::SNS::Topic").ref
    for transform in synthesis.environment.transforms:
        (alarm,) = (
            each.properties
            for each in synthesis.all("AWS::CloudWatch::Alarm", transform.name)
            if each.properties["MetricName"] == FAILED_RUN
        )
        assert (alarm["Namespace"], alarm["MetricName"]) == (METRICS, FAILED_RUN)
        assert alarm["Dimensions"] == [
            {"Name": "Environment", "Value": synthesis.environment.name},
            {"Name": "Transform", "Value": transform.name},
        ]
        # AWS: Configuring how CloudWatch alarms treat missing data: the state stays.
        assert alarm["TreatMissingData"] == "ignore"
        assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]


def test_only_the_handlers_announce(synthesis: Synthesis) -> None:
    topic = synthesis.one("AWS::SNS::Topic").ref
    announcing = {
        role.ref
        for role in synthesis.all("AWS::IAM::Role")
        for statement in synthesis.rights(role)
        if any(action.startswith("sns:") for action in statement.actions)
    }
    assert announcing == {
        synthesis.role_of(handler(synthesis, entry)).ref
        for entry in ("on_state_change", "on_tampering")
    }
    for role in announcing:
        (right,) = (
            statement
            for statement in synthesis.rights(synthesis.named(role))
            if "sns:Publish" in statement.actions
        )
        assert (right.actions, right.resources) == (("sns:Publish",), (topic,))


def test_the_named_people_hear_of_every_job_that_did_not_succeed(
    kept: Synthesis,
) -> None:
    assert [
        (
            each.properties["Protocol"],
            each.properties["Endpoint"],
            each.properties["FilterPolicy"],
        )
        for each in kept.all("AWS::SNS::Subscription")
    ] == [
        ("email", address, {"result": [{"anything-but": ["succeeded"]}]})
        for address in ("ops@example.com", "ml@example.com")
    ]


def test_nobody_hears_of_jobs_unless_the_file_says_so(discarded: Synthesis) -> None:
    assert discarded.all("AWS::SNS::Subscription") == ()
