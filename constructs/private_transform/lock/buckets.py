"""The policy of a data bucket: what it refuses, to whomever IAM allows it.

A bucket policy here only denies. Who may do something is said by identity policies;
this is the ceiling above all of them, administrators included.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from private_transform.lock.exemptions import exemptions
from private_transform.lock.perimeter import BucketKind, Perimeter
from private_transform.lock.policy import Condition, Document, Statement, document
from private_transform.lock.s3_actions import (
    LIST,
    MANAGE,
    READ,
    SETTINGS,
    WRITE,
    s3_actions,
)

ATHENA = "athena.amazonaws.com"
SIGNED_LINKS = ["POST", "REST-QUERY-STRING"]

_ENCRYPTION = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_CUSTOMER_KEY = "s3:x-amz-server-side-encryption-customer-algorithm"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One bucket, the endpoints that lead to it and the key that encrypts it."""

    kind: BucketKind
    bucket: str
    endpoint_ids: tuple[str, ...]
    key_arn: str

    @property
    def outside(self) -> Condition:
        """Through none of the endpoints; true also for no endpoint at all."""
        return {"StringNotEquals": {"aws:SourceVpce": list(self.endpoint_ids)}}


def bucket_policy(
    perimeter: Perimeter,
    kind: BucketKind,
    bucket_arn: str,
    *,
    endpoint_ids: tuple[str, ...],
    key_arn: str,
) -> Document:
    """Lock a data bucket to the endpoints, with the exceptions that are named.

    * `TlsOnly`, `Tls12OrNewer`: two statements, because over plain HTTP there is no
      TLS version to compare.
    * `OnlyThisAccount`: no other account, anonymous caller or service.
    * `OnlyThroughTheEndpoint`: the lock. From outside, everything is refused but
      listing and the bucket's own settings.
    * `BreakGlassReadsOnly`, `UploadersWriteOnly`, `ReadersReadOnly`,
      `JobsReadModelsOnly`: who is exempt from the lock gets a few data actions.
    * `AthenaForAnalysts`, `AthenaReadsAndWritesOnly`, `AthenaWritesItsResultsOnly`:
      Athena acts with its caller's rights from its own network, so it is exempt from
      the lock and bound here.
    * `ListingForNamedRoles`, `OnlyDeploymentManages`, `DeploymentOnlyManages`: see
      `Perimeter.lock_management`.
    * `OnlyKmsEncryption`, `KmsOnlyWithOurKey`, `NoOtherKey`, `NoCustomerProvidedKey`:
      a request names our key or none at all.
    * `NoAccessPoints`, `NoLinksFromOutside`: no side door.

    Args:
        perimeter: Who may meet the data.
        kind: What lies in the bucket.
        bucket_arn: The bucket's ARN.
        endpoint_ids: The environment's own S3 gateway endpoint first, then the other
            trusted ones.
        key_arn: The data key's ARN, never an id or alias.
    """
    place = _Place(
        kind=kind, bucket=bucket_arn, endpoint_ids=endpoint_ids, key_arn=key_arn
    )
    return document(_statements(perimeter, place))


def _statements(perimeter: Perimeter, place: _Place) -> Iterator[Statement]:
    yield from _everyone(perimeter, place)
    yield from _network(perimeter, place)
    if perimeter.lock_management:
        yield from _management(perimeter, place)
    yield from _encryption(place)
    yield from _side_doors(place)


def _deny(
    sid: str,
    *,
    condition: Condition,
    place: _Place,
    action: str | list[str] | None = None,
    not_action: list[str] | None = None,
) -> Statement:
    """Deny some actions, or all but some, on a bucket and its objects."""
    actions = {"Action": action} if action else {"NotAction": not_action}
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        **actions,
        "Resource": [place.bucket, f"{place.bucket}/*"],
        "Condition": condition,
    }


def _everyone(perimeter: Perimeter, place: _Place) -> Iterator[Statement]:
    yield _deny(
        "TlsOnly",
        place=place,
        action="s3:*",
        condition={"Bool": {"aws:SecureTransport": "false"}},
    )
    yield _deny(
        "Tls12OrNewer",
        place=place,
        action="s3:*",
        condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    )
    yield _deny(
        "OnlyThisAccount",
        place=place,
        action="s3:*",
        condition={"StringNotEquals": {"aws:PrincipalAccount": perimeter.account}},
    )


def _network(perimeter: Perimeter, place: _Place) -> Iterator[Statement]:
    exempted = exemptions(perimeter, place.kind)
    lock = place.outside
    exempt = [role for exemption in exempted for role in exemption.roles]
    if exempt:
        lock["ArnNotLike"] = {"aws:PrincipalArn": exempt}
    yield _deny(
        "OnlyThroughTheEndpoint",
        place=place,
        not_action=s3_actions(SETTINGS, MANAGE, LIST),
        condition={**lock, **_unless_athena(perimeter, place)},
    )
    for exemption in exempted:
        yield _deny(
            exemption.sid,
            place=place,
            not_action=s3_actions(SETTINGS, LIST, exemption.data_actions),
            condition={
                **place.outside,
                "ArnLike": {"aws:PrincipalArn": list(exemption.roles)},
                **_unless_athena(perimeter, place),
            },
        )
    if _queried(perimeter, place):
        yield from _athena(perimeter, place)


def _queried(perimeter: Perimeter, place: _Place) -> bool:
    return place.kind == "outputs" and bool(perimeter.analysts)


def _unless_athena(perimeter: Perimeter, place: _Place) -> Condition:
    # ForAllValues is true for the absent key, so who calls S3 directly stays denied;
    # ForAnyValue would be false for them and would open the lock.
    if not _queried(perimeter, place):
        return {}
    return {"ForAllValues:StringNotEquals": {"aws:CalledVia": ATHENA}}


def _athena(perimeter: Perimeter, place: _Place) -> Iterator[Statement]:
    through: Condition = {"ForAnyValue:StringEquals": {"aws:CalledVia": ATHENA}}
    yield _deny(
        "AthenaForAnalysts",
        place=place,
        action="s3:*",
        condition={
            **through,
            "ArnNotLike": {"aws:PrincipalArn": list(perimeter.analysts)},
        },
    )
    yield _deny(
        "AthenaReadsAndWritesOnly",
        place=place,
        not_action=s3_actions(SETTINGS, LIST, READ, WRITE),
        condition=through,
    )
    yield {
        "Sid": "AthenaWritesItsResultsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": s3_actions(WRITE),
        "NotResource": [f"{place.bucket}/{perimeter.query_prefix}*"],
        "Condition": through,
    }


def _management(perimeter: Perimeter, place: _Place) -> Iterator[Statement]:
    deployment = list(perimeter.deployment_roles)
    listing = [
        perimeter.execution_roles,
        perimeter.launcher_roles,
        *deployment,
        *(role for named in exemptions(perimeter, place.kind) for role in named.roles),
    ]
    yield _deny(
        "ListingForNamedRoles",
        place=place,
        action=s3_actions(LIST),
        condition={
            **place.outside,
            "ArnNotLike": {"aws:PrincipalArn": list(dict.fromkeys(listing))},
            **_unless_athena(perimeter, place),
        },
    )
    yield _deny(
        "OnlyDeploymentManages",
        place=place,
        not_action=s3_actions(SETTINGS, LIST, READ, WRITE),
        condition={"ArnNotLike": {"aws:PrincipalArn": deployment}},
    )
    yield _deny(
        "DeploymentOnlyManages",
        place=place,
        not_action=s3_actions(SETTINGS, LIST, MANAGE),
        condition={"ArnLike": {"aws:PrincipalArn": deployment}},
    )


def _encryption(place: _Place) -> Iterator[Statement]:
    def put(sid: str, condition: Condition) -> Statement:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{place.bucket}/*",
            "Condition": condition,
        }

    # Null lets a request without headers pass: the bucket's default then applies.
    # `aws:kms` without a key id means the AWS-managed key, not the bucket's default.
    ours = {_KEY_ID: place.key_arn}
    yield put(
        "OnlyKmsEncryption",
        {"Null": {_ENCRYPTION: "false"}, "StringNotEquals": {_ENCRYPTION: "aws:kms"}},
    )
    yield put(
        "KmsOnlyWithOurKey",
        {"Null": {_ENCRYPTION: "false"}, "StringNotEquals": ours},
    )
    yield put(
        "NoOtherKey",
        {"Null": {_KEY_ID: "false"}, "StringNotEquals": ours},
    )
    yield put("NoCustomerProvidedKey", {"Null": {_CUSTOMER_KEY: "false"}})


def _side_doors(place: _Place) -> Iterator[Statement]:
    yield _deny(
        "NoAccessPoints",
        place=place,
        action="s3:*",
        condition={"Null": {"s3:DataAccessPointArn": "false"}},
    )
    # A link carries its signer's exception to whoever holds it.
    yield _deny(
        "NoLinksFromOutside",
        place=place,
        action="s3:*",
        condition={
            "StringEquals": {"s3:authType": SIGNED_LINKS},
            **place.outside,
        },
    )
