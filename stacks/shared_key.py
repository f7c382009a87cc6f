"""The foundation's key as the other stacks see it."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.foundation_stack import FoundationStack


def shared_key(scope: Construct, foundation: FoundationStack) -> kms.IKey:
    """The key by ARN, so that nothing in this stack can edit its policy."""
    return kms.Key.from_key_arn(scope, "Key", foundation.key_arn)
