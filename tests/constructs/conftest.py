"""A stack for one construct, and what constructs are given."""

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from private_transform.lock import Buckets
from private_transform.service_role import Place
from tests.synthesized import bare_stack

HERE = Place(partition="aws", region="us-east-1", account="123456789012")
"""The place of the stack."""

BUCKETS = Buckets(
    **{
        kind: f"arn:aws:s3:::the-{kind}"
        for kind in ("models", "inputs", "outputs", "control")
    }
)
"""The environment's buckets."""

Resources = Callable[[str], list[Mapping[str, Any]]]


@pytest.fixture
def stack() -> cdk.Stack:
    return bare_stack()


@pytest.fixture
def resources(stack: cdk.Stack) -> Resources:
    """The resources of a type, once everything has been added to the stack."""

    def find(resource_type: str) -> list[Mapping[str, Any]]:
        template = Template.from_stack(stack)
        return list(template.find_resources(resource_type).values())

    return find


@pytest.fixture
def key(stack: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(
        stack, "TheKey", "arn:aws:kms:us-east-1:123456789012:key/1"
    )


@pytest.fixture
def log_group(stack: cdk.Stack) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_name(stack, "TheLogGroup", "the-log-group")


@pytest.fixture
def logs_bucket(stack: cdk.Stack) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, "TheLogs", "the-logs")
