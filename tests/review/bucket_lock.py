"""The faults of the lock's documents, in the documents that are synthesized.

Nobody may query with Athena here, so that the four that concern such queries are
tried as exceptions that come to documents without any.
"""

from tests.lock.mutants import (
    action,
    drop,
    no_action,
    operator,
    put,
    rename,
    resource,
    value,
    without,
)
from tests.lock.mutants import condition_key as renamed_key
from tests.lock.mutants import each as several
from tests.review.draft import FOUNDATION, Draft, Edit, policy
from tests.review.matrix import ARN, LOCK, ROLES, VPCE
from tests.review.mutant import Mutant, faulty

_ACCOUNT = "123456789012"
_CONTEXT = "kms:EncryptionContext:aws:s3:arn"
_HEADER = "s3:x-amz-server-side-encryption"
_KEY_ID = f"{_HEADER}-aws-kms-key-id"
_LISTING = "ListingForNamedRoles"
_MANAGES = "OnlyDeploymentManages"
_BREAK_GLASS = f"{ROLES}/rehearsal-break-glass"
_UPLOADER = f"{ROLES}/rehearsal-uploader"
_DEPLOYMENT = f"{ROLES}/cdk-hnb659fds-cfn-exec-role-{_ACCOUNT}-us-east-1"


def _but_for_results(draft: Draft) -> None:
    """The lock of outputs spares a prefix, named without its slash."""
    found = next(
        each
        for each in draft.document("OutputsLock")["Statement"]
        if each["Sid"] == LOCK
    )
    del found["Resource"]
    found["NotResource"] = [
        {"Fn::Join": ["", [draft.arn("Outputs"), "/athena-results*"]]}
    ]


def _without_execution_roles(draft: Draft) -> None:
    for each in draft.document("InputsLock")["Statement"]:
        if each["Sid"] == _LISTING:
            named = each["Condition"]["ArnNotLike"][ARN]
            each["Condition"]["ArnNotLike"][ARN] = [
                role for role in named if "/execution/" not in role
            ]


def _of_everything(edit: str) -> Edit:
    """An action that every statement of the lock with exceptions spares."""

    def change(draft: Draft) -> None:
        for each in draft.document("InputsLock", FOUNDATION)["Statement"]:
            if "NotAction" in each:
                each["NotAction"].append(edit)

    return change


BUCKET_LOCK: tuple[Mutant, ...] = (
    faulty(
        "data-endpoint",
        "the lock allows what it should deny",
        policy("InputsLock", put(LOCK, "Effect", "Allow")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock is on the outputs bucket and not on its objects",
        policy("OutputsLock", resource(LOCK, 0)),
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "the lock of models is turned round",
        policy("ModelsLock", operator(LOCK, "StringNotEquals", "StringEquals")),
        "Models",
    ),
    faulty(
        "works-jobs",
        "the lock of outputs asks for aws:SourceVpc",
        policy(
            "OutputsLock",
            renamed_key(LOCK, "StringNotEquals", VPCE, "aws:SourceVpc"),
        ),
        "ExecutionRole",
    ),
    faulty(
        "works-jobs",
        "the lock knows the other endpoint and not ours",
        policy(
            "InputsLock",
            value(LOCK, "StringNotEquals", VPCE, ["vpce-0123456789abcdef0"]),
        ),
        "ExecutionRole",
        base="everything",
    ),
    faulty(
        "data-endpoint",
        "the lock spares s3:Get*",
        policy("InputsLock", action(LOCK, "s3:Get*")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock spares every action on buckets",
        policy("InputsLock", action(LOCK, "s3:*Bucket*")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock spares what reads settings, also tomorrow",
        policy("InputsLock", action(LOCK, "s3:GetBucket*")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "break-glass does not only read",
        policy("InputsLock", drop("BreakGlassReadsOnly")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "uploaders do not only write",
        policy("InputsLock", drop("UploadersWriteOnly")),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "one call for Athena opens the outputs, as ForAnyValue says",
        policy(
            "OutputsLock",
            value(
                LOCK,
                "ForAnyValue:StringNotEquals",
                "aws:CalledVia",
                "athena.amazonaws.com",
            ),
        ),
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "Athena reads inputs for everybody",
        policy(
            "InputsLock",
            value(
                LOCK,
                "ForAllValues:StringNotEquals",
                "aws:CalledVia",
                "athena.amazonaws.com",
            ),
        ),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "CloudFormation reads inputs for everybody",
        policy(
            "InputsLock",
            value(
                LOCK,
                "ForAllValues:StringNotEquals",
                "aws:CalledVia",
                "cloudformation.amazonaws.com",
            ),
        ),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "readers do not only read",
        policy("OutputsLock", drop("ReadersReadOnly")),
        "Outputs",
        base="everything",
    ),
    faulty(
        "data-endpoint",
        "a prefix of outputs is not locked",
        _but_for_results,
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "an uploader is exempt on outputs",
        policy(
            "OutputsLock",
            value(LOCK, "ArnNotLike", ARN, [_BREAK_GLASS, _UPLOADER]),
        ),
        "Outputs",
    ),
    faulty(
        "data-management",
        "everybody lists versions",
        policy("InputsLock", no_action(_LISTING, "s3:ListBucketVersions")),
        "Inputs",
        base="everything",
    ),
    faulty(
        "data-management",
        "everybody lists",
        policy("InputsLock", drop(_LISTING)),
        "Inputs",
        base="everything",
    ),
    faulty(
        "works-jobs",
        "jobs may not list from SageMaker's side",
        _without_execution_roles,
        "ExecutionRole",
        base="everything",
    ),
    faulty(
        "data-management",
        "everybody manages",
        policy("InputsLock", drop(_MANAGES)),
        "Inputs",
        base="everything",
    ),
    faulty(
        "data-management",
        "every role of CDK manages",
        policy("InputsLock", value(_MANAGES, "ArnNotLike", ARN, f"{ROLES}/cdk-*")),
        "Inputs",
        base="everything",
    ),
    faulty(
        "data-endpoint",
        "every list names PutReplicationConfiguration",
        _of_everything("s3:PutReplicationConfiguration"),
        "Inputs",
        base="everything",
    ),
    faulty(
        "works-repair",
        "nobody may put the policy any more",
        policy("InputsLock", no_action(LOCK, "s3:PutBucketPolicy")),
        "Inputs",
    ),
    faulty(
        "works-duties",
        "uploads without the encryption header are refused",
        policy("InputsLock", without("OnlyKmsEncryption", "Null", _HEADER)),
        "uploaders",
    ),
    faulty(
        "data-encryption",
        "AWS's own key is accepted",
        policy("InputsLock", drop("KmsOnlyWithOurKey")),
        "Inputs",
    ),
    faulty(
        "data-encryption",
        "any key of the account is accepted",
        policy(
            "InputsLock",
            *(
                several(
                    operator(sid, "StringNotEquals", "StringNotLike"),
                    value(
                        sid,
                        "StringNotLike",
                        _KEY_ID,
                        f"arn:aws:kms:us-east-1:{_ACCOUNT}:key/*",
                    ),
                )
                for sid in ("KmsOnlyWithOurKey", "NoOtherKey")
            ),
        ),
        "Inputs",
    ),
    faulty(
        "data-account",
        "strangers are refused if they are of the account",
        policy("InputsLock", put("OnlyThisAccount", "Principal", {"AWS": _ACCOUNT})),
        "Inputs",
    ),
    faulty(
        "data-tls",
        "TLS 1.0 is enough",
        policy(
            "InputsLock", value("Tls12OrNewer", "NumericLessThan", "s3:TlsVersion", "1")
        ),
        "Inputs",
    ),
    faulty(
        "works-duties",
        "TLS 1.2 is not enough",
        policy(
            "InputsLock",
            operator("Tls12OrNewer", "NumericLessThan", "NumericLessThanEquals"),
        ),
        "uploaders",
    ),
    faulty(
        "endpoint-elsewhere",
        "buckets of the environment's name are read",
        policy("NetworkEndpoint", put("Read", "Resource", "arn:aws:s3:::rehearsal-*")),
        "NetworkEndpoint",
    ),
    faulty(
        "access",
        "other accounts pass the endpoint",
        policy(
            "NetworkEndpoint", without("Read", "StringEquals", "aws:PrincipalAccount")
        ),
        "NetworkEndpoint",
        severity="medium",
        rule="access-more",
    ),
    faulty(
        "access",
        "the endpoint leads to our buckets whoever owns them",
        policy(
            "NetworkEndpoint", without("Read", "StringEquals", "aws:ResourceAccount")
        ),
        "NetworkEndpoint",
        severity="medium",
        rule="access-more",
    ),
    faulty(
        "data-through",
        "jobs overwrite inputs",
        policy("NetworkEndpoint", without("OthersUpload", "ArnNotLike", ARN)),
        "Inputs",
    ),
    faulty(
        "key-use",
        "the account may do everything with the key",
        policy("Key", put("AccountAdministers", "Action", ["kms:*"])),
        "Key",
    ),
    faulty(
        "key-use",
        "the key is used without S3",
        policy("Key", without("DataThroughS3", "StringEquals", "kms:ViaService")),
        "Key",
    ),
    faulty(
        "key-use",
        "jobs lend the key to anybody",
        policy(
            "Key",
            without("JobsLendItToTheirVolumes", "Bool", "kms:GrantIsForAWSResource"),
        ),
        "Key",
    ),
    faulty(
        "works-duties",
        "the key knows objects only, and buckets have keys of their own",
        policy(
            "Key",
            value(
                "DataThroughS3",
                "StringLike",
                _CONTEXT,
                "arn:aws:s3:::rehearsal-foundation-*/*",
            ),
        ),
        "uploaders",
    ),
    faulty(
        "works-repair",
        "the account's root may not repair the key",
        policy(
            "Key",
            value("OnlyDeploymentRewritesThePolicy", "ArnNotLike", ARN, [_DEPLOYMENT]),
        ),
        "Key",
    ),
    faulty(
        "data-endpoint",
        "the lock is told from its resources by their exception",
        policy("ModelsLock", rename(LOCK, "Resource", "NotResource")),
        "Models",
    ),
)
"""Mistakes that are made with such documents."""
