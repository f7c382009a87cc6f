"""Logs are encrypted with the environment's key and kept as long as it says."""

from tests.synthesized import Synthesis


def test_every_log_group_is_encrypted_and_ends(synthesis: Synthesis) -> None:
    groups = synthesis.all("AWS::Logs::LogGroup")
    assert groups
    for group in groups:
        assert group.properties["KmsKeyId"] == synthesis.key.arn
        assert group.properties["RetentionInDays"] == (
            synthesis.environment.retention.logs_in_days
        )


def test_every_function_logs_into_such_a_group_those_of_cdk_included(
    synthesis: Synthesis,
) -> None:
    functions = synthesis.all("AWS::Lambda::Function")
    assert functions
    for function in functions:
        group = synthesis.named(function.properties["LoggingConfig"]["LogGroup"])
        assert group.type == "AWS::Logs::LogGroup"


def test_the_log_group_of_the_jobs_gets_our_key(synthesis: Synthesis) -> None:
    environment = synthesis.environment
    group = synthesis.one("Custom::JobLogGroup").properties
    assert group["LogGroupName"] == "/aws/sagemaker/TransformJobs"
    assert group["KeyArn"] == synthesis.key.arn
    assert group["RetentionInDays"] == str(environment.retention.logs_in_days)


def test_the_log_group_of_the_jobs_lets_go_of_a_key_that_will_not_outlive_it(
    kept: Synthesis, discarded: Synthesis
) -> None:
    assert kept.one("Custom::JobLogGroup").properties["ReleaseKey"] == "false"
    assert discarded.one("Custom::JobLogGroup").properties["ReleaseKey"] == "true"


def test_the_waiter_writes_no_log_of_its_own(synthesis: Synthesis) -> None:
    # It would hold the address with which anybody can answer CloudFormation.
    machine = synthesis.one("AWS::StepFunctions::StateMachine", "operations").properties
    assert "LoggingConfiguration" not in machine
    for function in synthesis.all("AWS::Lambda::Function"):
        if function.properties["Handler"].startswith("framework."):
            level = function.properties["LoggingConfig"]["ApplicationLogLevel"]
            assert level == "FATAL"
