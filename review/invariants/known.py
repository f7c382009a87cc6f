"""The promise that there is nothing which no other promise looks at.

Types are named that may be there. What another type does need not be known: a queue's
inline policy, a canary, an export of logs may each carry data or rights elsewhere.
"""

from collections.abc import Iterator

from private_transform.handlers.contract import (
    JOB_LOG_GROUP_TYPE,
    JOB_TYPE,
    MODEL_TYPE,
)
from review.scene import Scene

from .invariant import Invariant, Violation
from .network import OURS

_KNOWN = {
    *OURS,
    "AWS::Athena::NamedQuery",
    "AWS::Athena::WorkGroup",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::Schedule",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::StepFunctions::StateMachine",
    "Custom::AWS",
    JOB_LOG_GROUP_TYPE,
    JOB_TYPE,
    MODEL_TYPE,
}


def _unknown(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.resources:
        if each.type not in _KNOWN:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is a {each.type}, of which this review knows "
                "nothing: it may carry data or rights elsewhere.",
            )


KNOWN = (
    Invariant(
        id="resources-known",
        says="Every resource is of a type that these promises look at.",
        violations=_unknown,
    ),
)
"""All of them."""
