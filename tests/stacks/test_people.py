"""People get the policy of their duty, and no other."""

import pytest

from private_transform.lock import Buckets, duty_policies
from tests.synthesized import Synthesis

DUTIES = {
    "UploadersPolicy": ("uploaders", ["uploader"]),
    "ReadersPolicy": ("readers", ["reader"]),
    "KeyAdministratorsPolicy": ("key_administrators", ["key-administrator"]),
    "BreakGlassPolicy": ("break_glass", ["break-glass"]),
}


@pytest.mark.parametrize("output", DUTIES)
def test_each_duty_has_its_policy_on_its_roles(kept: Synthesis, output: str) -> None:
    duty, roles = DUTIES[output]
    policy = kept.named(kept.outputs("foundation")[output])
    buckets = {kind: bucket.arn for kind, bucket in kept.data_buckets.items()}
    assert policy.type == "AWS::IAM::ManagedPolicy"
    assert policy.properties["Roles"] == roles
    assert (
        policy.properties["PolicyDocument"]
        == (
            duty_policies(
                Buckets(**buckets, control=kept.bucket("ControlBucket").arn),
                logs=kept.bucket("LogsBucket").arn,
                key_arn=kept.key.arn,
                region="us-east-1",
            )[duty]
        )
    )


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
