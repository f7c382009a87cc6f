"""What a person reads when something failed, and that CloudFormation takes it."""

import json

import pytest

from chaos.chance import REASONS
from chaos.invariants import BODY_LIMIT
from chaos.sagemaker import Outcome
from private_transform.handlers.advice import advice_for, sentence
from private_transform.handlers.lifecycle import LauncherError, bounded
from tests.handlers.deployments import deploy, replies, world_where

SAID_AND_MEANT = [
    (
        'No S3 objects found under S3 URL "s3://b/in/" given in input data source.',
        "Upload input objects",
    ),
    ("Could not access model data at s3://b/m.tar.gz.", "sagemaker_api_reads"),
    (
        "Please ensure that the subnet's route table has a route to an S3 VPC "
        "endpoint or a NAT device",
        "S3 gateway endpoint",
    ),
    ("KMS.DisabledException: arn:aws:kms:...:key/k is disabled.", "enable it"),
    (
        "The account-level service limit 'ml.g5.xlarge for transform job usage' is 0 "
        "Instances",
        "Service Quotas",
    ),
    (
        "CapacityError: Unable to provision requested ML compute capacity. Please "
        "retry using a different ML instance type.",
        "deploy again later",
    ),
    (
        "The primary container did not respond: failed to respond to ping. Ensure "
        "/ping answers",
        "serving code did not start",
    ),
    ("ClientError: See job logs for more information", "data log names each record"),
    ("Bad HTTP status received from algorithm: 500", "data log names each record"),
    (
        "VolumeKmsKeyId is not supported for instances with local storage",
        "limits.require_volume_key",
    ),
    ("There are not enough free addresses in subnet subnet-1", "network.cidr"),
    (
        "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough "
        "free IP addresses",
        "network.cidr",
    ),
    (
        "DisabledException: arn:aws:kms:us-east-1:123456789012:key/1 is disabled.",
        "enable it",
    ),
    (
        "User is not authorized to perform: s3:GetObject with an explicit deny in a "
        "VPC endpoint policy",
        "`artifact_sources`",
    ),
    ("Could not assume role arn:aws:iam::1:role/a.", "in a few minutes"),
    ("Data download failed: AccessDenied (403)", "transform's file names"),
    (
        "KMSInvalidStateException: arn:aws:kms:us-east-1:1:key/1 is pending deletion.",
        "cancel its deletion",
    ),
    ("AlgorithmError: out of memory, exit code: 137", "its own error"),
    (
        "User is not authorized to perform: s3:GetObject with an explicit deny in a "
        "resource-based policy",
        "only requests through the environment's own endpoint",
    ),
]


@pytest.mark.parametrize(("said", "meant"), SAID_AND_MEANT)
def test_each_known_failure_says_what_to_check(said: str, meant: str) -> None:
    text = sentence("It failed.", said)

    assert text.splitlines()[0] == "It failed."
    assert said in text.splitlines()[1]
    assert meant in text.splitlines()[2]


@pytest.mark.parametrize(
    "said",
    [
        "AWS is on fire",
        "The function is disabled by its owner.",
        "Insufficient permissions to describe this.",
        "The request was rejected because nobody knows why.",
    ],
)
def test_words_that_are_only_alike_get_no_advice(said: str) -> None:
    assert advice_for(said) is None


def test_an_unknown_failure_has_no_advice() -> None:
    assert sentence("It failed.", "AWS is on fire") == "It failed.\nAWS: AWS is on fire"


@pytest.mark.parametrize("reason", REASONS)
def test_a_hostile_reason_still_fits_an_answer_with_its_advice(reason: str) -> None:
    world = world_where(Outcome(reason=reason))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.size <= BODY_LIMIT
    assert len(reply.reason.splitlines()) <= 3
    assert "Logs: /aws/sagemaker/TransformJobs" in reply.reason


@pytest.mark.parametrize("character", ["a", '"', "\n", "\x01", "é", "\N{PILE OF POO}"])
def test_a_text_is_cut_by_what_it_takes_in_json(character: str) -> None:
    cut = bounded(character * 1000, 100)

    assert cut.endswith("...")
    assert 90 < len(json.dumps(cut, ensure_ascii=False).encode()) - 2 <= 100


def test_a_text_that_fits_is_not_changed() -> None:
    assert bounded('a"\n', 5) == 'a"\n'


def test_half_a_character_cannot_break_an_answer() -> None:
    assert bounded("\ud800", 10) == "?"


def test_the_longest_reason_fits_the_longest_answer() -> None:
    # What the provider framework adds: its log group, and ten lines of its own stack.
    ours = LauncherError('"' * 5000)
    reason = "\n".join(
        [
            f"Error: {ours}",
            "",
            f"Logs: /aws/lambda/{'f' * 64}",
            "",
            *[f"    at {'f' * 90}"] * 10,
        ]
    )
    region = "ap-southeast-1"
    number = "12345678-1234-1234-1234-123456789012"
    answer = {
        "Status": "FAILED",
        "Reason": reason,
        "StackId": f"arn:aws:cloudformation:{region}:123456789012:stack/{'s' * 128}/"
        + number,
        "RequestId": number,
        "PhysicalResourceId": "p" * 63,
        "LogicalResourceId": "l" * 255,
    }

    assert len(json.dumps(answer)) <= BODY_LIMIT
