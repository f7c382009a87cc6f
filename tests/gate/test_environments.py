"""Every environment passes every check, but for what the register acknowledges."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from app import FEATURE_FLAGS, create_stacks
from compliance.checks import find
from compliance.judgement import Run, judge
from compliance.register import Register

pytestmark = pytest.mark.gate


def test_nothing_is_found_unacknowledged_and_no_acknowledgement_is_idle(
    register: Register, runs: tuple[Run, ...], today: date
) -> None:
    assert not (problems := judge(register, runs, today=today)), "\n\n".join(
        map(str, problems)
    )


def test_the_environment_with_everything_sets_every_option(
    runs: tuple[Run, ...],
) -> None:
    environment = runs[-1].environment
    for each in (environment, environment.people, environment.limits, environment.iam):
        unset = [key.name for key in fields(each) if not getattr(each, key.name)]
        assert unset in ([], ["registries", "require_volume_key"])
    scores = next(each for each in environment.transforms if each.name == "scores")
    assert all(getattr(scores, key.name) for key in fields(scores))


def test_each_acknowledgement_is_needed(
    register: Register, runs: tuple[Run, ...], today: date
) -> None:
    single = [
        replace(entry, findings=(finding,), scopes=(scope,))
        for entry in register.acknowledgements
        for finding, scope in entry.pairs()
    ]
    for entry in single:
        rest = tuple(each for each in single if each is not entry)
        found = judge(replace(register, acknowledgements=rest), runs, today=today)
        assert found, f"{entry} can be removed unnoticed"


def test_each_acknowledgement_ends(register: Register, runs: tuple[Run, ...]) -> None:
    last = max(entry.expires for entry in register.acknowledgements)
    late = judge(register, runs, today=last + timedelta(days=1))
    expired = {each.line for each in late if each.rule.startswith("This expired on")}
    assert expired == {entry.line for entry in register.acknowledgements}


def _plain_bucket(stack: cdk.Stack) -> None:
    s3.CfnBucket(stack, "Seeded")


def _wide_policy(stack: cdk.Stack) -> None:
    iam.CfnManagedPolicy(
        stack,
        "Seeded",
        policy_document={
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
        },
    )


def _impossible_value(stack: cdk.Stack) -> None:
    cdk.CfnResource(
        stack,
        "Seeded",
        type="AWS::SQS::Queue",
        properties={"VisibilityTimeout": 99_999},
    )


def _handler_that_is_not_there(stack: cdk.Stack) -> None:
    cdk.CfnResource(
        stack,
        "Seeded",
        type="AWS::Lambda::Function",
        properties={
            "Code": {"ZipFile": "def other(): ..."},
            "Handler": "index.handler",
            "Role": "arn:aws:iam::123456789012:role/seeded",
            "Runtime": "python3.14",
        },
    )


def _acknowledgement_in_code(stack: cdk.Stack) -> None:
    _plain_bucket(stack)
    cdk.Validations.of(stack.node.find_child("Seeded")).acknowledge(
        cdk.Acknowledgment(id="AwsSolutions-S1", reason="hidden")
    )


@pytest.mark.parametrize(
    ("seed", "check", "rule"),
    [
        (_plain_bucket, "AwsSolutions", "AwsSolutions-S10"),
        (_plain_bucket, "HIPAA.Security", "HIPAA.Security-S3DefaultEncryptionKMS"),
        (_plain_bucket, "NIST.800.53.R5", "NIST.800.53.R5-S3DefaultEncryptionKMS"),
        (_wide_policy, "AwsSolutions", "AwsSolutions-IAM5[Action::s3:*]"),
        (_wide_policy, "AwsSolutions", "AwsSolutions-IAM5[Resource::*]"),
        (_impossible_value, "CloudFormation Validate", "F3034"),
        (
            _handler_that_is_not_there,
            "cdk-preflight",
            "pf-lambda-zipfile-handler-missing",
        ),
        (
            _acknowledgement_in_code,
            "the metadata",
            "acknowledged-in-code[Annotation::AwsSolutions-S1]",
        ),
    ],
)
def test_a_fault_in_a_stack_of_ours_is_reported(
    seed: Callable[[cdk.Stack], None],
    check: str,
    rule: str,
    register: Register,
    runs: tuple[Run, ...],
    today: date,
) -> None:
    environment = runs[0].environment
    stack_name = environment.stack_name("foundation")

    def create(app: cdk.App) -> None:
        create_stacks(app, environment)
        stack = app.node.find_child(stack_name)
        assert isinstance(stack, cdk.Stack)
        seed(stack)

    seeded = Run(environment=environment, findings=find(create, flags=FEATURE_FLAGS))
    assert (check, rule) in {
        (each.check, each.rule)
        for each in seeded.findings
        if each.path == f"{stack_name}/Seeded"
    }
    reported = judge(register, (seeded, *runs), today=today)
    assert (f"{stack_name}/Seeded", rule) in {
        (each.path, each.value) for each in reported
    }


def test_a_synthesis_that_fails_is_not_a_clean_one() -> None:
    def create(app: cdk.App) -> None:
        stack = cdk.Stack(app, "broken")
        iam.Policy(stack, "Empty", force=True)

    with pytest.raises(RuntimeError, match="broken/Empty"):
        find(create, flags=FEATURE_FLAGS)


@jsii.implements(cdk.IPolicyValidationPlugin)
class _Crashing:
    @property
    def name(self) -> str:
        return "Crashing"

    @property
    def version(self) -> None:
        return None

    @property
    def rule_ids(self) -> None:
        return None

    def validate(
        self, context: cdk.IPolicyValidationContext
    ) -> cdk.PolicyValidationPluginReport:
        raise ValueError("the rules are not there")


def test_a_check_that_crashes_is_not_passed() -> None:
    def create(app: cdk.App) -> None:
        iam.User(cdk.Stack(app, "stack"), "User")
        cdk.Validations.of(app).add_plugins(_Crashing())

    with pytest.raises(RuntimeError, match=r"Crashing could not run.*not there"):
        find(create, flags=FEATURE_FLAGS)


def test_a_check_that_is_switched_off_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "false")
    with pytest.raises(RuntimeError, match="CDK_VALIDATION"):
        find(lambda app: None, flags=FEATURE_FLAGS)


def test_findings_are_sorted_and_explained(runs: tuple[Run, ...]) -> None:
    for run in runs:
        assert list(run.findings) == sorted(run.findings)
        assert all(each.meaning for each in run.findings)
