"""Mistakes in the policy of a data bucket."""

from tests.lock.mutants import (
    action,
    condition_key,
    drop,
    each,
    mutants,
    no_action,
    operator,
    put,
    rename,
    resource,
    value,
    without,
)
from tests.lock.sites import ACCOUNT, CORE, LOCKED, OURS, ROLES

_LOCK = "OnlyThroughTheEndpoint"
_VPCE = ("StringNotEquals", "aws:SourceVpce")
_ARN = "aws:PrincipalArn"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_ENCRYPTION = "s3:x-amz-server-side-encryption"
_ATHENA = "aws:CalledVia"
_FOR_ALL = "ForAllValues:StringNotEquals"
_WIDE = [f"{ROLES}/*"]
_EXECUTION = f"{OURS}/execution/*"
_LAUNCHER = f"{OURS}/launcher/*"
_DEPLOYMENT = f"{ROLES}/cdk-exec"
_BREAK_GLASS = f"{ROLES}/BreakGlass"
_UPLOADER = f"{ROLES}/Uploader"
_READER = f"{ROLES}/Reader"
_ROOT = f"arn:aws:iam::{ACCOUNT}:root"

_INPUTS = {
    "the lock is gone": drop(_LOCK),
    "the lock allows": put(_LOCK, "Effect", "Allow"),
    "the lock forgets the objects": resource(_LOCK, 0),
    "the lock is the wrong way round": operator(
        _LOCK, "StringNotEquals", "StringEquals"
    ),
    "the lock asks for a VPC": condition_key(_LOCK, *_VPCE, "aws:SourceVpc"),
    "our endpoint is missing": value(_LOCK, *_VPCE, ["vpce-0trusted"]),
    "the other endpoint is missing": value(_LOCK, *_VPCE, ["vpce-0ours"]),
    "a stranger's endpoint is trusted": value(
        _LOCK, *_VPCE, ["vpce-0ours", "vpce-0trusted", "vpce-0x"]
    ),
    "objects are read from anywhere": action(_LOCK, "s3:GetObject"),
    "every Get is free": action(_LOCK, "s3:Get*"),
    "settings are hidden": no_action(_LOCK, "s3:GetBucketPolicy"),
    "listing is locked to the endpoint": no_action(_LOCK, "s3:ListBucket"),
    "every role is exempt": value(_LOCK, "ArnNotLike", _ARN, _WIDE),
    "nobody is exempt": without(_LOCK, "ArnNotLike", _ARN),
    "a reader is exempt on inputs": value(
        _LOCK, "ArnNotLike", _ARN, [_BREAK_GLASS, _UPLOADER, _READER]
    ),
    "jobs are exempt on inputs": value(
        _LOCK, "ArnNotLike", _ARN, [_BREAK_GLASS, _UPLOADER, _EXECUTION]
    ),
    "break-glass writes": action("BreakGlassReadsOnly", "s3:PutObject"),
    "break-glass cannot read": no_action("BreakGlassReadsOnly", "s3:GetObject"),
    "uploaders are unbound": drop("UploadersWriteOnly"),
    "uploaders read": action("UploadersWriteOnly", "s3:GetObject"),
    "uploaders cannot abort": no_action(
        "UploadersWriteOnly", "s3:AbortMultipartUpload"
    ),
    "Athena reads inputs": value(_LOCK, _FOR_ALL, _ATHENA, "athena.amazonaws.com"),
    "everybody lists": drop("ListingForNamedRoles"),
    "versions are listed by everybody": no_action(
        "ListingForNamedRoles", "s3:ListBucketVersions"
    ),
    "jobs cannot list": value(
        "ListingForNamedRoles",
        "ArnNotLike",
        _ARN,
        [_LAUNCHER, _DEPLOYMENT, _BREAK_GLASS, _UPLOADER],
    ),
    "launchers cannot list": value(
        "ListingForNamedRoles",
        "ArnNotLike",
        _ARN,
        [_EXECUTION, _DEPLOYMENT, _BREAK_GLASS, _UPLOADER],
    ),
    "everybody manages": drop("OnlyDeploymentManages"),
    "every CDK role manages": value(
        "OnlyDeploymentManages", "ArnNotLike", _ARN, [f"{ROLES}/cdk-*"]
    ),
    "deployment is unbound": drop("DeploymentOnlyManages"),
    "deployment reads": action("DeploymentOnlyManages", "s3:GetObject"),
    "deployment cannot change the policy": no_action(
        "DeploymentOnlyManages", "s3:PutBucketPolicy"
    ),
    "replication is on every list": each(
        *(
            action(sid, "s3:PutReplicationConfiguration")
            for sid in (_LOCK, "OnlyDeploymentManages", "DeploymentOnlyManages")
        )
    ),
    "plain HTTP is served": drop("TlsOnly"),
    "old TLS is served": drop("Tls12OrNewer"),
    "TLS 1.0 is served": value(
        "Tls12OrNewer", "NumericLessThan", "s3:TlsVersion", "1.0"
    ),
    "TLS 1.2 is refused": operator(
        "Tls12OrNewer", "NumericLessThan", "NumericLessThanEquals"
    ),
    "other accounts enter": drop("OnlyThisAccount"),
    "only we are asked for our account": put(
        "OnlyThisAccount", "Principal", {"AWS": _ROOT}
    ),
    "any encryption": drop("OnlyKmsEncryption"),
    "the default encryption is refused": without(
        "OnlyKmsEncryption", "Null", _ENCRYPTION
    ),
    "the AWS-managed key is accepted": drop("KmsOnlyWithOurKey"),
    "any key of the account is accepted": each(
        *(
            each(
                operator(sid, "StringNotEquals", "StringNotLike"),
                value(
                    sid,
                    "StringNotLike",
                    _KEY_ID,
                    f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*",
                ),
            )
            for sid in ("KmsOnlyWithOurKey", "NoOtherKey")
        )
    ),
    "a lone key header is accepted": drop("NoOtherKey"),
    "the caller's own key is accepted": drop("NoCustomerProvidedKey"),
    "access points are a door": drop("NoAccessPoints"),
    "only access points are a door": value(
        "NoAccessPoints", "Null", "s3:DataAccessPointArn", "true"
    ),
    "signed links work anywhere": drop("NoLinksFromOutside"),
    "signed links work nowhere": without("NoLinksFromOutside", *_VPCE),
    "signed forms work anywhere": value(
        "NoLinksFromOutside", "StringEquals", "s3:authType", ["REST-QUERY-STRING"]
    ),
}
_INPUTS_WITHOUT_MANAGEMENT_LOCK = {
    "the lock forgets the bucket": resource(_LOCK, 1),
    "everything named Bucket is free": action(_LOCK, "s3:*Bucket*"),
    "every GetBucket is free tomorrow": action(_LOCK, "s3:GetBucket*"),
    "objects are tagged from anywhere": action(_LOCK, "s3:PutObjectTagging"),
    "replication is set from anywhere": action(_LOCK, "s3:PutReplicationConfiguration"),
    "break-glass is unbound": drop("BreakGlassReadsOnly"),
    "break-glass deletes": action("BreakGlassReadsOnly", "s3:DeleteObject"),
}
_OUTPUTS = {
    "an uploader is exempt on outputs": value(
        _LOCK, "ArnNotLike", _ARN, [_BREAK_GLASS, _READER, _UPLOADER]
    ),
    "readers are unbound": drop("ReadersReadOnly"),
    "readers write": action("ReadersReadOnly", "s3:PutObject"),
    "readers cannot read": no_action("ReadersReadOnly", "s3:GetObject"),
    "Athena opens the lock to direct callers": operator(
        _LOCK, _FOR_ALL, "ForAnyValue:StringNotEquals"
    ),
    "Athena is locked out": without(_LOCK, _FOR_ALL, _ATHENA),
    "CloudFormation counts as Athena": value(
        _LOCK,
        _FOR_ALL,
        _ATHENA,
        ["athena.amazonaws.com", "cloudformation.amazonaws.com"],
    ),
    "Athena serves everybody": drop("AthenaForAnalysts"),
    "Athena serves every role": value("AthenaForAnalysts", "ArnNotLike", _ARN, _WIDE),
    "Athena writes anywhere": drop("AthenaWritesItsResultsOnly"),
    "Athena's prefix has no slash": put(
        "AthenaWritesItsResultsOnly",
        "NotResource",
        ["arn:aws:s3:::dev-foundation-outputs-3c/athena-results*"],
    ),
    "Athena's prefix is what it may not write": rename(
        "AthenaWritesItsResultsOnly", "NotResource", "Resource"
    ),
}
_OUTPUTS_WITHOUT_MANAGEMENT_LOCK = {
    "Athena deletes": drop("AthenaReadsAndWritesOnly"),
}
_REWRITES = {
    "services enter": operator(
        "OnlyThisAccount", "StringNotEquals", "StringNotEqualsIfExists"
    ),
    "the lock, if the key exists or not": operator(
        _LOCK, "StringNotEquals", "StringNotEqualsIfExists"
    ),
    "the exempt in another order": each(
        operator(_LOCK, "ArnNotLike", "ArnNotEquals"),
        value(_LOCK, "ArnNotEquals", _ARN, [_UPLOADER, _BREAK_GLASS]),
    ),
    "the lock on objects only, where management is locked": resource(_LOCK, 1),
}
BUCKET_MUTANTS = (
    *mutants(LOCKED, "inputs", _INPUTS),
    *mutants(CORE, "inputs", _INPUTS_WITHOUT_MANAGEMENT_LOCK),
    *mutants(LOCKED, "outputs", _OUTPUTS),
    *mutants(CORE, "outputs", _OUTPUTS_WITHOUT_MANAGEMENT_LOCK),
    *mutants(LOCKED, "inputs", _REWRITES, equivalent=True),
)
