"""The policy of the data key: who administers it, who uses it, and through what."""

from collections.abc import Iterator

from private_transform.lock.kms_actions import (
    ADMINISTER,
    ENCRYPT,
    LEND,
    NAME,
    REWRITE,
    SETTINGS,
    THROUGH_SERVICES,
    kms_actions,
)
from private_transform.lock.perimeter import Perimeter
from private_transform.lock.policy import Condition, Document, Statement, document


def key_policy(
    perimeter: Perimeter,
    *,
    bucket_pattern: str,
    log_groups: tuple[str, ...] = (),
    trails: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    publishers: tuple[str, ...] = (),
) -> Document:
    """Divide the key: who administers never uses, who uses does so through S3.

    Nobody gets `kms:*`. The account as principal means that IAM decides among its
    identities; the conditions and denials below bound what IAM can decide.

    * `AccountReadsSettings`: for auditors and automatic checks.
    * `AccountAdministers`, `OnlyAdministratorsAdminister`,
      `OnlyDeploymentRewritesThePolicy`: the key administrators, the deployment roles
      and the root user administer; none of them gets a cryptographic action or a
      grant. Who rewrites the policy could let himself in, so key administrators may
      not; the root user may, since KMS has no other way back.
    * `DataThroughS3`: roles of the environment and named people, when S3 asks for
      them, for our buckets.
    * `JobsUseTheKey`: execution roles, which SageMaker alone can assume, without a
      service between, because volumes are not encrypted through S3.
    * `JobsLendItToTheirVolumes`: grants for AWS resources only.
    * `TopicsThroughSns`, `LogGroups`, `Trails`, `Publishers`: only what is used.

    Args:
        perimeter: Who may meet the data.
        bucket_pattern: ARN pattern of the environment's buckets, ending in `*`, which
            covers their objects too: the encryption context is the bucket's ARN with
            a bucket key and the object's without. A pattern, because the buckets
            name the key. AWS: Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys.
        log_groups: ARN patterns of the log groups that the key encrypts.
        trails: ARN patterns of the audit trails that it encrypts.
        topics: ARN patterns of the topics that it encrypts and to which roles of the
            environment publish.
        publishers: Services that publish to such a topic by themselves, such as
            `events.amazonaws.com`.
    """
    return document(
        [
            *_administration(perimeter),
            *_use(perimeter, bucket_pattern),
            *_services(perimeter, log_groups, trails, topics, publishers),
        ]
    )


def _root(perimeter: Perimeter) -> str:
    return f"arn:{perimeter.partition}:iam::{perimeter.account}:root"


def _administration(perimeter: Perimeter) -> Iterator[Statement]:
    deployment = [*perimeter.deployment_roles, _root(perimeter)]

    def deny(sid: str, action: list[str], roles: list[str]) -> Statement:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": roles}},
        }

    yield _allow_account(perimeter, "AccountReadsSettings", kms_actions(SETTINGS))
    # The allowance has no condition, and the bounds are denials, so that the check of
    # AWS: PutKeyPolicy sees that the policy can still be changed.
    yield _allow_account(
        perimeter, "AccountAdministers", kms_actions(ADMINISTER, NAME, REWRITE)
    )
    yield deny(
        "OnlyAdministratorsAdminister",
        kms_actions(ADMINISTER, NAME),
        [*perimeter.key_administrators, *deployment],
    )
    yield deny("OnlyDeploymentRewritesThePolicy", kms_actions(REWRITE), deployment)


def _use(perimeter: Perimeter, bucket_pattern: str) -> Iterator[Statement]:
    caller = {"kms:CallerAccount": perimeter.account}
    people = (
        *perimeter.uploaders,
        *perimeter.readers,
        *perimeter.analysts,
        *perimeter.break_glass,
    )
    yield _allow_account(
        perimeter,
        "DataThroughS3",
        kms_actions(THROUGH_SERVICES),
        {
            "StringEquals": {
                **caller,
                "kms:ViaService": f"s3.{perimeter.region}.amazonaws.com",
            },
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": bucket_pattern},
            "ArnLike": {"aws:PrincipalArn": [perimeter.environment_roles, *people]},
        },
    )
    job: Condition = {
        "StringEquals": caller,
        "ArnLike": {"aws:PrincipalArn": perimeter.execution_roles},
    }
    yield _allow_account(
        perimeter,
        "JobsUseTheKey",
        kms_actions(THROUGH_SERVICES, ENCRYPT),
        job,
    )
    yield _allow_account(
        perimeter,
        "JobsLendItToTheirVolumes",
        kms_actions(LEND),
        {**job, "Bool": {"kms:GrantIsForAWSResource": "true"}},
    )


def _services(
    perimeter: Perimeter,
    log_groups: tuple[str, ...],
    trails: tuple[str, ...],
    topics: tuple[str, ...],
    publishers: tuple[str, ...],
) -> Iterator[Statement]:
    if topics:
        yield _allow_account(
            perimeter,
            "TopicsThroughSns",
            kms_actions(THROUGH_SERVICES),
            {
                "StringEquals": {
                    "kms:CallerAccount": perimeter.account,
                    "kms:ViaService": f"sns.{perimeter.region}.amazonaws.com",
                },
                "ArnLike": {
                    "aws:PrincipalArn": perimeter.environment_roles,
                    "kms:EncryptionContext:aws:sns:topicArn": list(topics),
                },
            },
        )
    if log_groups:
        yield _allow(
            "LogGroups",
            {"Service": f"logs.{perimeter.region}.amazonaws.com"},
            kms_actions(THROUGH_SERVICES, ENCRYPT, ("DescribeKey",)),
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(log_groups)}},
        )
    if trails:
        yield _allow(
            "Trails",
            {"Service": "cloudtrail.amazonaws.com"},
            kms_actions(THROUGH_SERVICES, ("DescribeKey",)),
            {"ArnLike": {"aws:SourceArn": list(trails)}},
        )
    if publishers:
        yield _allow(
            "Publishers",
            {"Service": list(publishers)},
            kms_actions(THROUGH_SERVICES),
            {"StringEquals": {"aws:SourceAccount": perimeter.account}},
        )


def _allow_account(
    perimeter: Perimeter,
    sid: str,
    action: list[str],
    condition: Condition | None = None,
) -> Statement:
    return _allow(sid, {"AWS": _root(perimeter)}, action, condition)


def _allow(
    sid: str,
    principal: dict[str, str | list[str]],
    action: list[str],
    condition: Condition | None = None,
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
    }
    return statement if condition is None else {**statement, "Condition": condition}
