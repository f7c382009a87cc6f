"""Mistakes in the policies of the endpoint and of the key."""

from tests.lock.mutants import (
    action,
    drop,
    each,
    mutants,
    no_action,
    put,
    value,
    without,
)
from tests.lock.sites import ACCOUNT, COMPANY, CORE, OURS, ROLES

_ARN = "aws:PrincipalArn"
_CONTEXT = "kms:EncryptionContext:aws:s3:arn"
_DEPLOYMENT = f"{ROLES}/cdk-exec"
_ROOT = f"arn:aws:iam::{ACCOUNT}:root"
_INPUTS = "arn:aws:s3:::dev-foundation-inputs-2b"

_ENDPOINT = {
    "any bucket is read": put("Read", "Resource", "*"),
    "buckets of the same name are read": put(
        "Read", "Resource", ["arn:aws:s3:::dev-*"]
    ),
    "other accounts read": without("Read", "StringEquals", "aws:PrincipalAccount"),
    "buckets of other accounts are read": without(
        "Read", "StringEquals", "aws:ResourceAccount"
    ),
    "jobs overwrite inputs": without("OthersUpload", "ArnNotLike", _ARN),
    "everybody writes outputs": without("JobsWriteOutputs", "ArnLike", _ARN),
    "jobs cannot write": drop("JobsWriteOutputs"),
    "inputs cannot be read": put(
        "Read", "Resource", ["arn:aws:s3:::dev-foundation-models-1a/*"]
    ),
    "everything is deleted": action("JobsWriteOutputs", "s3:DeleteObject"),
    "all control objects are read": put(
        "ReadManifests", "Resource", ["arn:aws:s3:::dev-foundation-control-4d/*"]
    ),
    "everybody reads manifests": without("ReadManifests", "ArnLike", _ARN),
    "everybody reads artifacts elsewhere": without("ReadArtifacts1", "ArnLike", _ARN),
    "launchers read artifacts elsewhere": value(
        "ReadArtifacts2", "ArnLike", _ARN, f"{OURS}/*"
    ),
    "artifacts are read from whoever owns the bucket": without(
        "ReadArtifacts1", "StringEquals", "aws:ResourceAccount"
    ),
    "artifacts elsewhere must be ours": value(
        "ReadArtifacts1", "StringEquals", "aws:ResourceAccount", ACCOUNT
    ),
    "artifacts elsewhere are for jobs of another account": value(
        "ReadArtifacts2", "StringEquals", "aws:PrincipalAccount", COMPANY
    ),
    "the artifacts' prefix has no slash": put(
        "ReadArtifacts1", "Resource", ["arn:aws:s3:::company-models/released*"]
    ),
    "the artifacts' whole bucket is read": put(
        "ReadArtifacts1", "Resource", ["arn:aws:s3:::company-models/*"]
    ),
    "artifacts are written elsewhere": action("ReadArtifacts2", "s3:PutObject"),
    "the artifacts' names are listed": each(
        action("ReadArtifacts2", "s3:ListBucket"),
        put("ReadArtifacts2", "Resource", ["arn:aws:s3:::team-models*"]),
    ),
    "no artifact is read elsewhere": drop("ReadArtifacts1"),
}
_KEY = {
    "the account gets everything": put("AccountAdministers", "Action", ["kms:*"]),
    "administrators decrypt": action("AccountAdministers", "kms:Decrypt"),
    "administrators lend": action("AccountAdministers", "kms:CreateGrant"),
    "everybody administers": drop("OnlyAdministratorsAdminister"),
    "everybody rewrites the policy": drop("OnlyDeploymentRewritesThePolicy"),
    "key administrators rewrite the policy": value(
        "OnlyDeploymentRewritesThePolicy",
        "ArnNotLike",
        _ARN,
        [f"{ROLES}/KeyAdministrator", _DEPLOYMENT, _ROOT],
    ),
    "root is locked out": value(
        "OnlyDeploymentRewritesThePolicy", "ArnNotLike", _ARN, [_DEPLOYMENT]
    ),
    "nobody deletes the key": no_action(
        "AccountAdministers", "kms:ScheduleKeyDeletion"
    ),
    "data without S3": without("DataThroughS3", "StringEquals", "kms:ViaService"),
    "data through any bucket": without("DataThroughS3", "StringLike", _CONTEXT),
    "data for everybody": without("DataThroughS3", "ArnLike", _ARN),
    "objects only, so that bucket keys fail": value(
        "DataThroughS3", "StringLike", _CONTEXT, "arn:aws:s3:::dev-foundation-*/*"
    ),
    "one bucket only": value("DataThroughS3", "StringLike", _CONTEXT, f"{_INPUTS}*"),
    "everybody is a job": without("JobsUseTheKey", "ArnLike", _ARN),
    "launchers are jobs": value("JobsUseTheKey", "ArnLike", _ARN, f"{OURS}/*"),
    "jobs cannot decrypt": no_action("JobsUseTheKey", "kms:Decrypt"),
    "jobs lend to anybody": without(
        "JobsLendItToTheirVolumes", "Bool", "kms:GrantIsForAWSResource"
    ),
    "jobs lend to what is no resource": value(
        "JobsLendItToTheirVolumes", "Bool", "kms:GrantIsForAWSResource", "false"
    ),
    "volumes cannot borrow": drop("JobsLendItToTheirVolumes"),
    "logs of any account": without(
        "LogGroups", "ArnLike", "kms:EncryptionContext:aws:logs:arn"
    ),
    "trails of any account": without("Trails", "ArnLike", "aws:SourceArn"),
    "publishers of any account": without(
        "Publishers", "StringEquals", "aws:SourceAccount"
    ),
    "topics of any name": without(
        "TopicsThroughSns", "ArnLike", "kms:EncryptionContext:aws:sns:topicArn"
    ),
}
_REWRITES = {
    "both forms of the context": value(
        "DataThroughS3",
        "StringLike",
        _CONTEXT,
        ["arn:aws:s3:::dev-foundation-*", f"{_INPUTS}/*"],
    ),
}
ENDPOINT_MUTANTS = tuple(mutants(CORE, "endpoint", _ENDPOINT))
KEY_MUTANTS = (
    *mutants(CORE, "key", _KEY),
    *mutants(CORE, "key", _REWRITES, equivalent=True),
)
