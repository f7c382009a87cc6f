"""What must never happen at a data bucket, straight on the documents.

Nobody's identity policy helps: everyone is assumed to be allowed everything there.
Action names are written out, so that a wrong group in the product is noticed too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import z3

from private_transform.lock import BucketKind, Document
from review.proof.actions import Action
from review.proof.formulas import FALSE, TRUE, Formula, all_of, any_of, literal
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.site import Site

ATHENA = "athena.amazonaws.com"
SIGNED_LINKS = ("POST", "REST-QUERY-STRING")
ENCRYPTION = "s3:x-amz-server-side-encryption"
KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
CUSTOMER_KEY = "s3:x-amz-server-side-encryption-customer-algorithm"
FETCH = {"s3:GetObject", "s3:GetObjectVersion"}
READ = FETCH | {
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectVersionTagging",
}
WRITE = {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}
LIST = {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}


Promise = Literal["tls", "account", "endpoint", "encryption", "through", "management"]


@dataclass(frozen=True, slots=True)
class AtBucket:
    """One action at one data bucket, as its policy and the endpoint's read it."""

    site: Site
    kind: BucketKind
    action: Action
    request: Request
    bucket: Reading
    endpoint: Reading

    @property
    def passes(self) -> Formula:
        """The bucket's policy does not stop the request."""
        return z3.Not(self.bucket.denies(self.action.name))

    @property
    def passes_our_endpoint(self) -> Formula:
        """It comes through our endpoint, and neither policy stops it."""
        ours = self.request.equals("aws:SourceVpce", self.site.endpoint_ids[0])
        return all_of([self.passes, ours, self.endpoint.allows(self.action.name)])

    @property
    def outside(self) -> Formula:
        """It comes through none of the trusted endpoints."""
        return z3.Not(self.request.among("aws:SourceVpce", self.site.endpoint_ids))

    def by(self, *roles: str) -> Formula:
        """One of these roles signed it."""
        return self.request.signed_by(*roles)

    @property
    def by_athena(self) -> Formula:
        """Athena makes it for somebody."""
        return self.request.contains("aws:CalledVia", ATHENA)


@dataclass(frozen=True, slots=True)
class Theorem:
    """A sentence, the promise that it is part of, and what would contradict it."""

    says: str
    promise: Promise
    contradicted_by: Callable[[AtBucket], Formula]

    @property
    def with_management_locked(self) -> bool:
        """Whether it is promised only where management is locked as well."""
        return self.promise == "management"


def _without_tls(at: AtBucket) -> Formula:
    recent = at.request.value("s3:TlsVersion") >= z3.RealVal("1.2")
    secure = all_of([at.request.value("aws:SecureTransport"), recent])
    return all_of([at.passes, z3.Not(secure)])


def _stranger(at: AtBucket) -> Formula:
    ours = at.request.equals("aws:PrincipalAccount", at.site.perimeter.account)
    return all_of([at.passes, z3.Not(ours)])


def _object_from_outside(at: AtBucket) -> Formula:
    if at.action.level != "object":
        return FALSE
    people, name, reason = at.site.perimeter, at.action.name, []
    if name in READ:
        reason.append(at.by(*people.break_glass))
    if name in FETCH and at.kind == "outputs":
        reason.append(at.by(*people.readers_outside))
    if name in FETCH and at.kind == "models" and people.sagemaker_api_reads:
        reason.append(at.by(people.execution_roles))
    if name in WRITE and at.kind != "outputs":
        reason.append(at.by(*people.uploaders_outside))
    if name in READ | WRITE and at.kind == "outputs":
        results = z3.PrefixOf(literal(people.query_prefix), at.request.object_key)
        query = all_of([at.by_athena, at.by(*people.analysts)])
        reason.append(all_of([query, results if name in WRITE else TRUE]))
    return all_of([at.passes, at.outside, z3.Not(any_of(reason))])


def _listing_from_outside(at: AtBucket) -> Formula:
    if at.action.name not in LIST:
        return FALSE
    people = at.site.perimeter
    named = [
        people.execution_roles,
        people.launcher_roles,
        *people.deployment_roles,
        *people.break_glass,
    ]
    reason = [at.by(*named)]
    if at.kind == "outputs":
        reason.append(at.by(*people.readers_outside))
        reason.append(all_of([at.by_athena, at.by(*people.analysts)]))
    else:
        reason.append(at.by(*people.uploaders_outside))
    return all_of([at.passes, at.outside, z3.Not(any_of(reason))])


def _destructive(at: AtBucket) -> bool:
    """Whether the action destroys, shares, retags, replicates or is unheard of."""
    name = at.action.name
    return (
        "Tomorrow" in name
        or name.startswith(("s3:DeleteObject", "s3:Replicate", "s3:PutObjectAcl"))
        or name in ("s3:PutReplicationConfiguration", "s3:PutBucketNotification")
        or name in ("s3:PutObjectTagging", "s3:PutBucketAcl", "s3:RestoreObject")
        or name in ("s3:UpdateObjectEncryption", "s3:PutInventoryConfiguration")
    )


def _destruction_from_outside(at: AtBucket) -> Formula:
    return all_of([at.passes, at.outside]) if _destructive(at) else FALSE


def _destruction(at: AtBucket) -> Formula:
    return at.passes if _destructive(at) else FALSE


def _management_by_others(at: AtBucket) -> Formula:
    changes = at.action.level == "bucket" and not at.action.name.startswith(
        ("s3:Get", "s3:List")
    )
    others = z3.Not(at.by(*at.site.perimeter.deployment_roles))
    return all_of([at.passes, others]) if changes else FALSE


def _deployment_at_objects(at: AtBucket) -> Formula:
    deployment = at.by(*at.site.perimeter.deployment_roles)
    return all_of([at.passes, deployment]) if at.action.level == "object" else FALSE


def _other_key(at: AtBucket) -> Formula:
    if at.action.name != "s3:PutObject":
        return FALSE
    request = at.request
    ours = request.equals(KEY_ID, at.site.key_arn)
    foreign = any_of(
        [
            request.present(CUSTOMER_KEY),
            all_of([request.present(KEY_ID), z3.Not(ours)]),
            all_of(
                [
                    request.present(ENCRYPTION),
                    z3.Not(all_of([request.equals(ENCRYPTION, "aws:kms"), ours])),
                ]
            ),
        ]
    )
    return all_of([at.passes, foreign])


def _access_point(at: AtBucket) -> Formula:
    return all_of([at.passes, at.request.present("s3:DataAccessPointArn")])


def _signed_link(at: AtBucket) -> Formula:
    link = at.request.among("s3:authType", SIGNED_LINKS)
    return all_of([at.passes, at.outside, link])


def _more_through_our_endpoint(at: AtBucket) -> Formula:
    ours = at.request.equals("aws:PrincipalAccount", at.site.perimeter.account)
    meant = at.action.name in READ | LIST | WRITE | {"s3:GetBucketLocation"}
    return all_of([at.passes_our_endpoint, z3.Not(ours) if meant else TRUE])


def _job_writes_elsewhere(at: AtBucket) -> Formula:
    if at.action.name not in WRITE or at.kind == "outputs":
        return FALSE
    job = at.by(at.site.perimeter.execution_roles)
    return all_of([at.passes_our_endpoint, job])


def _others_write_outputs(at: AtBucket) -> Formula:
    if at.action.name not in WRITE or at.kind != "outputs":
        return FALSE
    job = at.by(at.site.perimeter.execution_roles)
    return all_of([at.passes_our_endpoint, z3.Not(job)])


BUCKET_THEOREMS = (
    Theorem("nothing passes without TLS 1.2", "tls", _without_tls),
    Theorem(
        "nobody passes from outside the account, no service either",
        "account",
        _stranger,
    ),
    Theorem(
        "from outside, objects are for the named, in their buckets, for their actions",
        "endpoint",
        _object_from_outside,
    ),
    Theorem(
        "from outside, nobody destroys, shares, retags or replicates",
        "endpoint",
        _destruction_from_outside,
    ),
    Theorem("a new object is encrypted with our key", "encryption", _other_key),
    Theorem("nothing passes through an access point", "endpoint", _access_point),
    Theorem("no signed link works from outside", "endpoint", _signed_link),
    Theorem(
        "through our endpoint, this account reads, lists and writes, and no more",
        "through",
        _more_through_our_endpoint,
    ),
    Theorem(
        "through our endpoint, a job writes outputs only",
        "through",
        _job_writes_elsewhere,
    ),
    Theorem(
        "through our endpoint, only a job writes outputs",
        "through",
        _others_write_outputs,
    ),
    Theorem(
        "from outside, only the named list objects",
        "management",
        _listing_from_outside,
    ),
    Theorem(
        "from anywhere, nobody destroys, shares, retags or replicates",
        "management",
        _destruction,
    ),
    Theorem(
        "from anywhere, only deployment changes a bucket",
        "management",
        _management_by_others,
    ),
    Theorem(
        "from anywhere, deployment never touches an object",
        "management",
        _deployment_at_objects,
    ),
)


def at_bucket(
    site: Site,
    kind: BucketKind,
    documents: Mapping[str, Document],
    actions: tuple[Action, ...],
) -> list[AtBucket]:
    """Read a bucket's and the endpoint's policy for one request and all actions."""
    request, bucket = Request(), site.bucket(kind)
    resources = {
        "bucket": Resource(bucket),
        "object": Resource(f"{bucket}/", request.object_key),
    }
    readings = {
        level: (
            Reading(request, documents[kind], resource),
            Reading(request, documents["endpoint"], resource),
        )
        for level, resource in resources.items()
    }
    return [
        AtBucket(site, kind, action, request, *readings[action.level])
        for action in actions
    ]
