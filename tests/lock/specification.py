"""What the documents must mean, written without looking at them.

True means: the document does not stand in the way of the request.
"""

from functools import cache

import z3

from private_transform.lock import BucketKind, kms_actions, s3_actions
from review.invariants.at_bucket import (
    ATHENA,
    CUSTOMER_KEY,
    ENCRYPTION,
    KEY_ID,
    SIGNED_LINKS,
)
from review.proof.formulas import FALSE, TRUE, Formula, Text, all_of, any_of
from review.proof.patterns import arn_like
from review.proof.request import Request
from review.site import Site
from tests.lock.sites import ACCOUNT, REGION

_GROUPS = {
    "settings": s3_actions.SETTINGS,
    "manage": s3_actions.MANAGE,
    "list": s3_actions.LIST,
    "read": s3_actions.READ,
    "write": s3_actions.WRITE,
}


def s3_group(action: str) -> str:
    """The group of an S3 action; one that nobody sorted is in `never`."""
    name = action.removeprefix("s3:")
    return next((g for g, names in _GROUPS.items() if name in names), "never")


@cache
def caller(request: Request, *patterns: str) -> Formula:
    """The caller is one of these roles."""
    return request.signed_by(*patterns)


def inside(request: Request, site: Site) -> Formula:
    return request.among("aws:SourceVpce", site.endpoint_ids)


def bucket_lets_through(
    request: Request, site: Site, kind: BucketKind, action: str
) -> Formula:
    fetches = action in ("s3:GetObject", "s3:GetObjectVersion")
    let_through = _bucket_lets_group_through(
        request, site, kind, s3_group(action), fetches=fetches
    )
    if action != "s3:PutObject":
        return let_through
    return z3.And(let_through, _under_our_key(request, z3.StringVal(site.key_arn)))


@cache
def _bucket_lets_group_through(
    request: Request, site: Site, kind: BucketKind, group: str, *, fetches: bool
) -> Formula:
    people = site.perimeter
    querying = kind == "outputs" and bool(people.analysts)
    athena = request.contains("aws:CalledVia", ATHENA) if querying else FALSE
    query = z3.And(athena, caller(request, *people.analysts))
    results = z3.PrefixOf(z3.StringVal(people.query_prefix), request.object_key)
    near = inside(request, site)
    deployment = caller(request, *people.deployment_roles)

    break_glass = caller(request, *people.break_glass)
    uploader = readers = checks = FALSE
    if kind == "outputs":
        readers = caller(request, *people.readers_outside)
    else:
        uploader = caller(request, *people.uploaders_outside)
    if kind == "models" and people.sagemaker_api_reads:
        checks = caller(request, people.execution_roles)
    exempt = any_of([break_glass, uploader, readers, checks])

    match group:
        case "settings":
            may = TRUE
        case "list":
            named = caller(request, people.execution_roles, people.launcher_roles)
            may = any_of([near, exempt, query, deployment, named])
            if not people.lock_management:
                may = TRUE
        case "read":
            may = any_of([near, break_glass, query])
            if fetches:
                may = any_of([may, readers, checks])
        case "write":
            may = z3.And(any_of([near, uploader, query]), z3.Implies(athena, results))
        case "manage":
            # Whoever is exempt from the lock is bound to a few data actions instead.
            bound = z3.Or(athena, z3.And(exempt, z3.Not(near)))
            may = z3.And(deployment if people.lock_management else TRUE, z3.Not(bound))
        case _:
            may = FALSE if people.lock_management else z3.And(near, z3.Not(athena))
    if people.lock_management and group in ("read", "write"):
        may = z3.And(may, z3.Not(deployment))

    return all_of(
        [
            may,
            z3.Implies(athena, query),
            request.equals("aws:PrincipalAccount", ACCOUNT),
            z3.Not(request.by_service),
            request.value("aws:SecureTransport"),
            request.value("s3:TlsVersion") >= z3.RealVal("1.2"),
            z3.Not(request.present("s3:DataAccessPointArn")),
            z3.Or(near, z3.Not(request.among("s3:authType", SIGNED_LINKS))),
        ]
    )


def _under_our_key(request: Request, key_arn: Formula) -> Formula:
    encryption, key_id = request.present(ENCRYPTION), request.present(KEY_ID)
    ours = request.value(KEY_ID) == key_arn
    by_default = z3.And(z3.Not(encryption), z3.Or(z3.Not(key_id), ours))
    by_request = z3.And(request.equals(ENCRYPTION, "aws:kms"), key_id, ours)
    return z3.And(z3.Not(request.present(CUSTOMER_KEY)), z3.Or(by_default, by_request))


def endpoint_lets_through(
    request: Request, site: Site, action: str, bucket: str, *, is_object: bool
) -> Formula:
    """`bucket` is the kind of one of ours, `control` among them."""
    ours = z3.And(
        request.equals("aws:PrincipalAccount", ACCOUNT),
        request.equals("aws:ResourceAccount", ACCOUNT),
    )
    job = caller(request, site.perimeter.execution_roles)
    name = action.removeprefix("s3:")
    if bucket == "control" and is_object and name == "GetObject":
        manifest = z3.PrefixOf(z3.StringVal("manifests/"), request.object_key)
        return all_of([ours, job, manifest])
    writes = name in ("PutObject", "AbortMultipartUpload", "ListMultipartUploadParts")
    if bucket == "control" and is_object and writes:
        lists = any_of(
            z3.PrefixOf(z3.StringVal(each), request.object_key)
            for each in ("arrivals/", "shards/")
        )
        return all_of([ours, z3.Not(job), lists])
    if bucket == "control":
        return FALSE
    if not is_object:
        seen = ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads")
        return ours if name in seen else FALSE
    if name in ("GetObject", "GetObjectVersion"):
        return ours
    if writes:
        return z3.And(ours, job if bucket == "outputs" else z3.Not(job))
    return FALSE


def endpoint_lets_out(request: Request, site: Site, action: str, arn: Text) -> Formula:
    """`arn` is of a bucket or an object that is none of ours."""
    if action != "s3:GetObject":
        return FALSE
    named = any_of(
        z3.And(
            z3.PrefixOf(z3.StringVal(place.objects.removesuffix("*")), arn),
            request.equals("aws:ResourceAccount", place.account),
        )
        for place in site.perimeter.artifact_places
    )
    job = caller(request, site.perimeter.execution_roles)
    return all_of([request.equals("aws:PrincipalAccount", ACCOUNT), job, named])


def key_lets_through(request: Request, site: Site, action: str) -> Formula:
    people, services = site.perimeter, site.services
    name = action.removeprefix("kms:")
    ours = request.equals("aws:PrincipalAccount", ACCOUNT)
    direct = request.equals("kms:CallerAccount", ACCOUNT)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    deployment = caller(request, *people.deployment_roles, root)
    administrator = z3.Or(deployment, caller(request, *people.key_administrators))
    job = z3.And(direct, caller(request, people.execution_roles))
    named = (
        *people.break_glass,
        *people.uploaders,
        *people.readers,
        *people.analysts,
    )
    through_s3 = all_of(
        [
            direct,
            caller(request, people.environment_roles, *named),
            request.equals("kms:ViaService", f"s3.{REGION}.amazonaws.com"),
            _context(request, "aws:s3:arn", (site.bucket_pattern,)),
        ]
    )
    through_sns = all_of(
        [
            direct,
            caller(request, people.environment_roles),
            request.equals("kms:ViaService", f"sns.{REGION}.amazonaws.com"),
            _context(request, "aws:sns:topicArn", services.topics),
        ]
    )
    log_groups = z3.And(
        _service(request, f"logs.{REGION}.amazonaws.com"),
        _context(request, "aws:logs:arn", services.log_groups),
    )
    trails = z3.And(
        _service(request, "cloudtrail.amazonaws.com"),
        _like(request, "aws:SourceArn", services.trails),
    )
    publishers = z3.And(
        _service(request, *services.publishers),
        request.equals("aws:SourceAccount", ACCOUNT),
    )
    match name:
        case "PutKeyPolicy":
            return z3.And(ours, deployment)
        case "Decrypt" | "GenerateDataKey":
            return any_of(
                [through_s3, through_sns, job, log_groups, trails, publishers]
            )
        case (
            "Encrypt"
            | "GenerateDataKeyWithoutPlaintext"
            | "ReEncryptFrom"
            | "ReEncryptTo"
        ):
            return z3.Or(job, log_groups)
        case "CreateGrant":
            lent = z3.And(
                request.present("kms:GrantIsForAWSResource"),
                request.value("kms:GrantIsForAWSResource"),
            )
            return z3.And(job, lent)
        case "DescribeKey":
            return any_of([ours, log_groups, trails])
    if name in kms_actions.SETTINGS:
        return ours
    if name in (*kms_actions.ADMINISTER, *kms_actions.NAME):
        return z3.And(ours, administrator)
    return FALSE


def _service(request: Request, *names: str) -> Formula:
    return z3.And(request.by_service, request.among("aws:PrincipalServiceName", names))


def _context(request: Request, name: str, patterns: tuple[str, ...]) -> Formula:
    return _like(request, f"kms:EncryptionContext:{name}", patterns)


def _like(request: Request, key: str, patterns: tuple[str, ...]) -> Formula:
    value = request.value(key)
    return z3.And(
        request.present(key), any_of(arn_like(value, pattern) for pattern in patterns)
    )
