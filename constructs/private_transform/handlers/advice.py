"""What to check when SageMaker says no: one line for each failure that people meet.

Sources: AWS: Troubleshoot Errors (batch transform); AWS: Give Batch Transform Jobs
Access to Resources in Your Amazon VPC; AWS: CreateTransformJob.
"""

import re

from .lifecycle import bounded

_ADVICE = (
    (
        r"No S3 objects found",
        "Upload input objects under that prefix, then deploy again.",
    ),
    (
        r"Could not access model data",
        "An artifact elsewhere: check that it is there, and its bucket's and key's "
        "policies. One of ours was there: if this stays, SageMaker checks from outside "
        "the endpoint, see `sagemaker_api_reads` in environment.yaml.",
    ),
    (
        r"route to an S3 VPC endpoint|subnet's route table",
        "Check that the S3 gateway endpoint is on the route table of every subnet, and "
        "that the security group allows 443 to S3's prefix list.",
    ),
    (
        r"DisabledException|key/\S+ is disabled",
        "The environment's key is disabled: enable it, then deploy again.",
    ),
    (
        r"KMSInvalidStateException|pending deletion",
        "The environment's key is to be deleted: cancel its deletion and enable it, "
        "then deploy again.",
    ),
    (
        r"account-level service limit|ResourceLimitExceeded",
        "Ask Service Quotas for more of this instance type for transform jobs, or "
        "choose another `transform_resources.instance_type`.",
    ),
    (
        r"CapacityError|Unable to provision requested ML compute capacity",
        "AWS has no such instances free now: deploy again later, or choose another "
        "`transform_resources.instance_type`.",
    ),
    (
        r"failed to respond to ping|Ensure /ping",
        "The serving code did not start: read the job's log for its own error.",
    ),
    (
        r"AlgorithmError",
        "The container failed: read the job's log for its own error. Outputs that were "
        "written are kept.",
    ),
    (
        r"Bad HTTP status|ClientError: (See|4\d\d)",
        "Outputs of the other inputs are kept; the job's data log names each record.",
    ),
    (
        r"VolumeKmsKeyId|local storage|NVMe",
        "This instance type has disks of its own that take no key: see "
        "`limits.require_volume_key` in environment.yaml.",
    ),
    (
        r"(free|available) (IP )?addresses|InsufficientFreeAddresses",
        "Each instance needs 2 free addresses in its subnet: stop other jobs, or "
        "plan a larger `network.cidr`.",
    ),
    (
        r"in a VPC endpoint policy",
        "The environment's endpoint leads to its own buckets and to "
        "`artifact_sources` only.",
    ),
    (
        r"could not assume role|sts:AssumeRole",
        "The execution role is new or was replaced: deploy again in a few minutes.",
    ),
    (
        r"explicit deny in a resource-based policy",
        "A bucket's lock refused it: only requests through the environment's own "
        "endpoint, encrypted with its key, are served.",
    ),
    (
        r"Access ?Denied|not authorized to perform",
        "A policy refused it. A job may read and write what its transform's file "
        "names, and nothing else.",
    ),
)


WORDS_LIMIT = 900
"""Bytes of SageMaker's own words, as JSON: the advice after them must not be cut."""


def advice_for(words: str) -> str | None:
    """The line that helps with SageMaker's `words`, or None."""
    for pattern, advice in _ADVICE:
        if re.search(pattern, words, re.IGNORECASE):
            return advice
    return None


def sentence(happened: str, words: str, *, where: str = "") -> str:
    """At most three lines: what happened, AWS's own words, what to check."""
    hints = " ".join(filter(None, (advice_for(words), where)))
    said = bounded(" ".join(words.split()), WORDS_LIMIT)
    return "\n".join(filter(None, (happened, said and f"AWS: {said}", hints)))
