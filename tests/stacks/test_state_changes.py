"""Every job that ends reaches one handler, which tells one encrypted topic."""

from tests.synthesized import Statement, Synthesis


def test_one_rule_sees_every_end_of_every_job_of_our_models(
    synthesis: Synthesis,
) -> None:
    rule = synthesis.one("AWS::Events::Rule").properties
    assert rule["State"] == "ENABLED"
    assert rule["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Transform Job State Change"],
        "detail": {
            "ModelName": [{"prefix": f"{synthesis.environment.name}-"}],
            "TransformJobStatus": ["Completed", "Failed", "Stopped"],
        },
    }


def test_the_rule_calls_the_handler(synthesis: Synthesis) -> None:
    (target,) = synthesis.one("AWS::Events::Rule").properties["Targets"]
    handler = synthesis.named(target["Arn"])
    assert handler.properties["Handler"] == "handlers.entry.on_state_change"
    permission = synthesis.one("AWS::Lambda::Permission").properties
    assert permission["FunctionName"] == handler.arn


def test_the_handler_knows_where_evidence_and_announcements_go(
    synthesis: Synthesis,
) -> None:
    (target,) = synthesis.one("AWS::Events::Rule").properties["Targets"]
    handler = synthesis.named(target["Arn"])
    assert handler.properties["Environment"]["Variables"] == {
        "ENVIRONMENT": synthesis.environment.name,
        "CONTROL_BUCKET": synthesis.bucket("ControlBucket").ref,
        "TOPIC_ARN": synthesis.one("AWS::SNS::Topic").ref,
    }


def test_announcements_are_encrypted_with_our_key(synthesis: Synthesis) -> None:
    topic = synthesis.one("AWS::SNS::Topic").properties
    assert topic["KmsMasterKeyId"] == synthesis.key.arn


def test_the_topic_refuses_plain_connections(synthesis: Synthesis) -> None:
    policy = synthesis.one("AWS::SNS::TopicPolicy").properties
    (statement,) = Statement.of(policy["PolicyDocument"])
    assert policy["Topics"] == [synthesis.one("AWS::SNS::Topic").ref]
    assert (statement.effect, statement.actions) == ("Deny", ("sns:Publish",))
    assert statement.conditions == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_the_handler_announces(synthesis: Synthesis) -> None:
    topic = synthesis.one("AWS::SNS::Topic").ref
    announcing = [
        role.ref
        for role in synthesis.all("AWS::IAM::Role")
        for statement in synthesis.rights(role)
        if any(action.startswith("sns:") for action in statement.actions)
    ]
    (target,) = synthesis.one("AWS::Events::Rule").properties["Targets"]
    assert announcing == [synthesis.role_of(synthesis.named(target["Arn"])).ref]
    (right,) = (
        statement
        for statement in synthesis.rights(synthesis.named(announcing[0]))
        if "sns:Publish" in statement.actions
    )
    assert (right.actions, right.resources) == (("sns:Publish",), (topic,))


def test_the_named_people_hear_of_every_job_that_did_not_complete(
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
        ("email", address, {"status": [{"anything-but": ["Completed"]}]})
        for address in ("ops@example.com", "ml@example.com")
    ]


def test_nobody_hears_of_jobs_unless_the_file_says_so(discarded: Synthesis) -> None:
    assert discarded.all("AWS::SNS::Subscription") == ()
