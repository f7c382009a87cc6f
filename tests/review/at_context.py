"""Statements about what AWS tells of every request: they lock out all or nobody."""

from typing import Any

from tests.review.draft import Edit, statement
from tests.review.mutant import Mutant, faulty, harmless


def _nobody_reads(operator: str, key: str, value: Any) -> Edit:
    return statement(
        "InputsLock",
        Effect="Deny",
        Principal="*",
        Action="s3:GetObject",
        Resource="@Inputs.Arn/*",
        Condition={operator: {key: value}},
    )


def _nobody_decrypts(operator: str, key: str, value: Any) -> Edit:
    return statement(
        "Key",
        Effect="Deny",
        Principal="*",
        Action=["kms:Decrypt", "kms:CreateGrant"],
        Resource="*",
        Condition={operator: {key: value}},
    )


def _nobody_passes(operator: str, key: str, value: Any) -> Edit:
    return statement(
        "NetworkEndpoint",
        Effect="Deny",
        Principal="*",
        Action="s3:*",
        Resource="*",
        Condition={operator: {key: value}},
    )


_LOCKED_OUT: dict[str, Edit] = {
    "nobody reads in our region": _nobody_reads(
        "StringEquals", "aws:RequestedRegion", "us-east-1"
    ),
    "nobody reads but for services": _nobody_reads(
        "Bool", "aws:ViaAWSService", "false"
    ),
    "nobody reads who has an id": _nobody_reads("Null", "aws:userid", "false"),
    "nobody reads but who has one id": _nobody_reads(
        "StringNotLike", "aws:userid", "AROAEXAMPLE:*"
    ),
    "nobody reads at any time": _nobody_reads("Null", "aws:CurrentTime", "false"),
    "nobody reads who has a role": _nobody_reads(
        "StringEquals", "aws:PrincipalType", "AssumedRole"
    ),
    "nobody reads from our network": _nobody_reads(
        "StringEquals", "aws:SourceVpc", "@NetworkVpc"
    ),
    "nobody reads what our account has": _nobody_reads(
        "StringEquals", "s3:ResourceAccount", "123456789012"
    ),
    "nobody reads who signs as everybody does": _nobody_reads(
        "StringEquals", "s3:signatureversion", "AWS4-HMAC-SHA256"
    ),
    "nobody decrypts with our kind of key": _nobody_decrypts(
        "StringEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT"
    ),
    "nobody decrypts with a key that encrypts": _nobody_decrypts(
        "StringEquals", "kms:KeyUsage", "ENCRYPT_DECRYPT"
    ),
    "nobody decrypts in our account": _nobody_decrypts(
        "StringEquals", "aws:ResourceAccount", "123456789012"
    ),
    "nobody decrypts through a service": _nobody_decrypts(
        "Bool", "aws:ViaAWSService", "true"
    ),
    "nobody passes the endpoint from our network": _nobody_passes(
        "StringEquals", "aws:SourceVpc", "@NetworkVpc"
    ),
}

AT_CONTEXT: tuple[Mutant, ...] = tuple(
    faulty("works-jobs", name, change, "ExecutionRole")
    for name, change in _LOCKED_OUT.items()
)

TO_OTHERS: tuple[Mutant, ...] = harmless(
    "tightening",
    "works-jobs",
    {
        "nobody reads in another region": _nobody_reads(
            "StringNotEquals", "aws:RequestedRegion", "us-east-1"
        ),
        "no service reads for somebody": _nobody_reads(
            "Bool", "aws:ViaAWSService", "true"
        ),
        "nobody reads without an id": _nobody_reads("Null", "aws:userid", "true"),
        "nobody reads without a role": _nobody_reads(
            "StringNotEquals", "aws:PrincipalType", "AssumedRole"
        ),
        "nobody reads what another account has": _nobody_reads(
            "StringNotEquals", "s3:ResourceAccount", "123456789012"
        ),
        "nobody reads who signs as people once did": _nobody_reads(
            "StringNotEquals", "s3:signatureversion", "AWS4-HMAC-SHA256"
        ),
        "nobody decrypts with another kind of key": _nobody_decrypts(
            "StringNotEquals", "kms:KeySpec", "SYMMETRIC_DEFAULT"
        ),
        "nobody decrypts with a key from elsewhere": _nobody_decrypts(
            "StringNotEquals", "kms:KeyOrigin", "AWS_KMS"
        ),
        "nobody decrypts in another account": _nobody_decrypts(
            "StringNotEquals", "aws:ResourceAccount", "123456789012"
        ),
        "nobody passes the endpoint from another network": _nobody_passes(
            "StringNotEquals", "aws:SourceVpc", "@NetworkVpc"
        ),
    },
)
