"""People get the policy of their duty, and no other."""

from typing import Any

import pytest

from private_transform.lock import Buckets, duty_policies
from private_transform.operators import operator_policy
from private_transform.service_role import Place
from tests.synthesized import Synthesis

_ATHENA = "arn:aws:athena:us-east-1:123456789012"
_GLUE = "arn:aws:glue:us-east-1:123456789012"
DUTIES = {
    "UploadersPolicy": ("uploaders", ["uploader"]),
    "ReadersPolicy": ("readers", ["reader"]),
    "AnalystsPolicy": ("analysts", ["analyst"]),
    "OperatorsPolicy": ("operators", ["operator"]),
    "KeyAdministratorsPolicy": ("key_administrators", ["key-administrator"]),
    "BreakGlassPolicy": ("break_glass", ["break-glass"]),
}


@pytest.mark.parametrize("output", DUTIES)
def test_each_duty_has_its_policy_on_its_roles(kept: Synthesis, output: str) -> None:
    duty, roles = DUTIES[output]
    policy = kept.named(kept.outputs("foundation")[output])
    assert policy.type == "AWS::IAM::ManagedPolicy"
    assert policy.properties["Roles"] == roles
    assert policy.properties["PolicyDocument"] == policies(kept)[duty]


def policies(kept: Synthesis) -> dict[str, Any]:
    buckets = {kind: bucket.arn for kind, bucket in kept.data_buckets.items()}
    place = Place(partition="aws", region="us-east-1", account="123456789012")
    return {
        "operators": operator_policy("prod", place),
        **duty_policies(
            Buckets(**buckets, control=kept.bucket("ControlBucket").arn),
            logs=kept.bucket("LogsBucket").arn,
            key_arn=kept.key.arn,
            region="us-east-1",
            workgroup=f"{_ATHENA}:workgroup/private-transform-prod",
            catalogue=[
                f"{_GLUE}:catalog",
                f"{_GLUE}:database/private_transform_prod",
                f"{_GLUE}:table/private_transform_prod/*",
            ],
            query_prefix="query-results/",
        ),
    }


def test_operators_reach_nothing_but_runs_and_what_is_shown_of_them() -> None:
    place = Place(partition="aws", region="us-east-1", account="123456789012")
    for statement in operator_policy("prod", place)["Statement"]:
        services = {each.partition(":")[0] for each in statement["Action"]}
        assert services <= {"cloudwatch", "logs", "sagemaker", "states"}
        for arn in statement["Resource"]:
            shows = all(
                ":Describe" in each
                or ":List" in each
                or ":Get" in each
                or each == "logs:StopQuery"
                for each in statement["Action"]
            )
            assert ":prod-" in arn or "TransformJobs" in arn or "/prod-" in arn or shows


def test_there_are_no_other_policies_for_people(kept: Synthesis) -> None:
    assert {each.ref for each in kept.all("AWS::IAM::ManagedPolicy")} == {
        kept.outputs("foundation")[output] for output in DUTIES
    }


def test_a_duty_that_nobody_has_leaves_no_policy(discarded: Synthesis) -> None:
    assert discarded.all("AWS::IAM::ManagedPolicy") == ()
    assert not [each for each in discarded.outputs("foundation") if "Policy" in each]


def test_the_policies_lie_below_the_path_of_the_environment(kept: Synthesis) -> None:
    for policy in kept.all("AWS::IAM::ManagedPolicy"):
        assert policy.properties["Path"] == "/company/ml/prod-us-east-1/"
