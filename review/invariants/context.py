"""What AWS tells of a request that has to work, whatever it asks for.

Some of it is always told, and nobody knows before what it will be: a policy that
refuses one such value refuses a request that has to work. What is not named here is not
told.

Source: AWS: AWS global condition context keys; Forward access sessions; AWS KMS
condition keys; Amazon S3 condition keys; Amazon S3 Signature Version 4 Authentication
Specific Policy Keys.
"""

from enum import Enum
from typing import Any, TypeAlias

from review.scene import Scene

Told: TypeAlias = dict[str, Any]
"""Values by condition key; in place of one may stand how little is known of it."""


class Unknown(Enum):
    """What is known of a key whose value only the request says."""

    ANY = "it is told"
    MAYBE = "it may be told"


_TLS = "1.2"
"""The oldest that has to work: what is newer is refused by none that takes it."""

_TEMPORARY = ("aws:MultiFactorAuthPresent", "aws:TokenIssueTime")
"""Told of every role, for its credentials end."""

_WHERE_FROM = ("aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp")
_ALWAYS = ("aws:CurrentTime", "aws:EpochTime", "aws:UserAgent", "aws:userid")
_OF_ORGANIZATIONS = (
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
)
"""Told where the account is in one, which no template says."""

_OF_SOURCES = ("aws:SourceOrgID", "aws:SourceOrgPaths")


def by_role(scene: Scene, who: str) -> Told:
    """What is told of a role's request to any service, wherever it runs."""
    return {
        **_of_everything(scene, who),
        **dict.fromkeys(_WHERE_FROM, Unknown.MAYBE),
        "aws:ViaAWSService": Unknown.ANY,
    }


def by_service(scene: Scene, service: str, source: str) -> Told:
    """What is told where a service calls another one for a resource of ours.

    Args:
        scene: The side.
        service: The service's principal.
        source: ARN of the resource.
    """
    return {
        **dict.fromkeys(("aws:CurrentTime", "aws:EpochTime"), Unknown.ANY),
        **dict.fromkeys((*_OF_ORGANIZATIONS, *_OF_SOURCES), Unknown.MAYBE),
        "aws:PrincipalIsAWSService": True,
        "aws:PrincipalServiceName": service,
        "aws:RequestedRegion": scene.place.region,
        "aws:ResourceAccount": scene.place.account,
        "aws:SecureTransport": True,
        "aws:SourceAccount": scene.place.account,
        "aws:SourceArn": source,
        "s3:TlsVersion": _TLS,
    }


def at_bucket(scene: Scene, who: str, *, inside: bool) -> Told:
    """What is told of a request to a bucket, through our endpoint or from outside."""
    through: Told = {
        "aws:SourceVpc": scene.named("VpcId"),
        "aws:SourceVpce": scene.named("EndpointId"),
        "aws:VpcSourceIp": Unknown.ANY,
    }
    return {
        **_of_everything(scene, who),
        **(through if inside else {"aws:SourceIp": Unknown.ANY}),
        "aws:ViaAWSService": False,
        "s3:authType": "REST-HEADER",
        "s3:ResourceAccount": scene.place.account,
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:x-amz-content-sha256": Unknown.ANY,
    }


def at_a_service(scene: Scene, who: str) -> Told:
    """What is told of a call to a service that has no keys of its own."""
    return {
        **_of_everything(scene, who),
        "aws:SourceIp": Unknown.ANY,
        "aws:ViaAWSService": False,
    }


def at_key(scene: Scene, who: str) -> Told:
    """What is told of a request to the key that somebody makes."""
    return {
        **_of_the_key(scene, who),
        "aws:SourceIp": Unknown.ANY,
        "aws:ViaAWSService": False,
    }


def at_key_through_s3(scene: Scene, who: str, bucket: str) -> Told:
    """What is told where S3 asks in somebody's name, for a bucket by its ARN."""
    return {
        **at_key_through(scene, who, "s3"),
        # With a bucket key the context is the bucket's ARN (AWS: Reducing the cost of
        # SSE-KMS with Amazon S3 Bucket Keys).
        "kms:EncryptionContext:aws:s3:arn": bucket,
    }


def at_key_through(scene: Scene, who: str, service: str) -> Told:
    """What is told where a service of the region asks in somebody's name."""
    calls = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
    return {
        **_of_the_key(scene, who),
        **dict.fromkeys((*_WHERE_FROM, *calls), Unknown.MAYBE),
        "aws:ViaAWSService": True,
        "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "kms:ViaService": scene.site.service(service),
    }


def at_key_by_service(scene: Scene, service: str, source: str) -> Told:
    """What is told where a service encrypts a resource of ours."""
    return {**_of_a_key(scene), **by_service(scene, service, source)}


def at_key_for_volumes(scene: Scene, who: str) -> Told:
    """What is told where SageMaker lends the key to volumes in a role's name."""
    return {
        **_of_the_key(scene, who),
        "aws:SourceIp": Unknown.MAYBE,
        # Whether it counts as the role's own call, no page says.
        "aws:ViaAWSService": Unknown.ANY,
        "kms:GranteePrincipal": Unknown.ANY,
        "kms:GrantIsForAWSResource": True,
        "kms:ViaService": Unknown.MAYBE,
    }


def _of_the_key(scene: Scene, who: str) -> Told:
    return {
        **_of_everything(scene, who),
        **_of_a_key(scene),
        "kms:CallerAccount": scene.place.account,
    }


def _of_a_key(scene: Scene) -> Told:
    given = scene.key.properties
    return {
        "kms:KeyOrigin": str(given.get("Origin", "AWS_KMS")),
        "kms:KeySpec": str(given.get("KeySpec", "SYMMETRIC_DEFAULT")),
        "kms:KeyUsage": str(given.get("KeyUsage", "ENCRYPT_DECRYPT")),
        "kms:MultiRegion": str(given.get("MultiRegion", False)).lower(),
    }


def _of_everything(scene: Scene, who: str) -> Told:
    is_role = ":role/" in who
    return {
        **dict.fromkeys(_ALWAYS, Unknown.ANY),
        **dict.fromkeys(_OF_ORGANIZATIONS, Unknown.MAYBE),
        **(dict.fromkeys(_TEMPORARY, Unknown.ANY) if is_role else {}),
        "aws:PrincipalAccount": scene.place.account,
        "aws:PrincipalArn": who,
        "aws:PrincipalIsAWSService": False,
        # AWS: IAM policy elements: Variables and tags, Principal key values.
        "aws:PrincipalType": "AssumedRole" if is_role else "Account",
        "aws:RequestedRegion": scene.place.region,
        "aws:ResourceAccount": scene.place.account,
        "aws:SecureTransport": True,
        "s3:TlsVersion": _TLS,
    }
