"""Environments to prove things about, and the documents that they get."""

from dataclasses import replace
from typing import Any

from private_transform.lock import (
    ArtifactPlace,
    BucketKind,
    Buckets,
    Document,
    Perimeter,
    bucket_policy,
    duty_policies,
    endpoint_policy,
    key_policy,
)
from review.site import KeyServices, Site

LOGS_BUCKET = "arn:aws:s3:::dev-foundation-logs-5e"
ACCOUNT = "111122223333"
COMPANY = "444455556666"
"""Another account, whose artifacts jobs may read."""
REGION = "eu-west-1"
ROLES = f"arn:aws:iam::{ACCOUNT}:role"
OURS = f"{ROLES}/private-transform/dev-{REGION}"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"

KINDS: tuple[BucketKind, ...] = ("models", "inputs", "outputs")


def documents_of(site: Site) -> dict[str, Document]:
    """Make every document, by the name of what it guards."""
    return {
        **{
            kind: bucket_policy(
                site.perimeter,
                kind,
                site.bucket(kind),
                endpoint_ids=site.endpoint_ids,
                key_arn=site.key_arn,
            )
            for kind in KINDS
        },
        "endpoint": endpoint_policy(site.perimeter, site.buckets),
        "key": key_policy(
            site.perimeter,
            bucket_pattern=site.bucket_pattern,
            log_groups=site.services.log_groups,
            trails=site.services.trails,
            topics=site.services.topics,
            publishers=site.services.publishers,
        ),
    }


def duties_of(site: Site) -> dict[str, Document]:
    return duty_policies(
        site.buckets,
        logs=LOGS_BUCKET,
        key_arn=site.key_arn,
        region=REGION,
        workgroup=f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/dev",
        catalogue=[f"arn:aws:glue:{REGION}:{ACCOUNT}:catalog"],
        query_prefix=site.perimeter.query_prefix,
    )


CORE = Site(
    perimeter=Perimeter(
        partition="aws",
        account=ACCOUNT,
        region=REGION,
        execution_roles=f"{OURS}/execution/*",
        launcher_roles=f"{OURS}/launcher/*",
        environment_roles=f"{OURS}/*",
        deployment_roles=(f"{ROLES}/cdk-exec",),
        break_glass=(f"{ROLES}/BreakGlass",),
        uploaders=(f"{ROLES}/Uploader", f"{ROLES}/InsideUploader"),
        uploaders_outside=(f"{ROLES}/Uploader",),
        readers=(f"{ROLES}/Reader", f"{ROLES}/InsideReader"),
        readers_outside=(f"{ROLES}/Reader",),
        analysts=(f"{ROLES}/Analyst",),
        query_prefix="athena-results/",
        key_administrators=(f"{ROLES}/KeyAdministrator",),
        artifact_places=(
            ArtifactPlace(
                objects="arn:aws:s3:::company-models/released/*", account=COMPANY
            ),
            ArtifactPlace(objects="arn:aws:s3:::team-models/*", account=ACCOUNT),
        ),
    ),
    endpoint_ids=("vpce-0ours", "vpce-0trusted"),
    services=KeyServices(
        log_groups=(f"{LOGS}dev-*", f"{LOGS}/aws/sagemaker/TransformJobs"),
        trails=(f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/dev-foundation-*",),
        topics=(f"arn:aws:sns:{REGION}:{ACCOUNT}:dev-operations-*",),
        publishers=("cloudwatch.amazonaws.com", "events.amazonaws.com"),
    ),
    bucket_pattern="arn:aws:s3:::dev-foundation-*",
    key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1111-2222",
    buckets=Buckets(
        models="arn:aws:s3:::dev-foundation-models-1a",
        inputs="arn:aws:s3:::dev-foundation-inputs-2b",
        outputs="arn:aws:s3:::dev-foundation-outputs-3c",
        control="arn:aws:s3:::dev-foundation-control-4d",
    ),
)
"""Everybody named, nothing optional."""


def _with(site: Site, **changes: Any) -> Site:
    return replace(site, perimeter=replace(site.perimeter, **changes))


LOCKED = _with(CORE, lock_management=True)
"""The same with management locked as well."""

_BARE = replace(
    _with(
        CORE,
        break_glass=(),
        uploaders=(),
        uploaders_outside=(),
        readers=(),
        readers_outside=(),
        analysts=(),
        query_prefix="",
        key_administrators=(),
        artifact_places=(),
    ),
    endpoint_ids=("vpce-0ours",),
    services=KeyServices(),
)
_SSO = f"{ROLES}/aws-reserved/sso.amazonaws.com/{REGION}/AWSReservedSSO_Emergency_*"

SITES = {
    "core": CORE,
    "locked": LOCKED,
    "bare": _BARE,
    "bare and locked": _with(_BARE, lock_management=True),
    "SageMaker reads models": _with(CORE, sagemaker_api_reads=True),
    "SageMaker reads models, locked": _with(LOCKED, sagemaker_api_reads=True),
    "no other endpoint": replace(CORE, endpoint_ids=("vpce-0ours",)),
    "no break-glass": _with(LOCKED, break_glass=()),
    "no uploaders outside": _with(LOCKED, uploaders_outside=()),
    "no readers outside": _with(LOCKED, readers_outside=()),
    "no analysts": _with(LOCKED, analysts=()),
    "break-glass by permission set": _with(LOCKED, break_glass=(_SSO,)),
}
