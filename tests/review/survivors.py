"""What a review does not notice, or raises an alarm over, and why.

A mutant that is caught one day has to leave this list, or its test fails.
"""

SURVIVORS: dict[str, str] = {
    "a bucket's policy lets everybody of the account in": (
        "access compares a lock as if everybody's own policy allowed everything"
    ),
    "volumes cannot borrow the key": "works-jobs does not try kms:CreateGrant",
    "uploads without the encryption header are refused": (
        "works-duties tries uploads with the header only"
    ),
    "the account's root may not repair the key": "works-repair does not try root",
    "a directory bucket": "buckets are looked for by the type of S3's own",
    "a list of outputs goes to another bucket": (
        "buckets-not-public knows replication and website only"
    ),
    "another account's function hears of every output": (
        "buckets-not-public knows replication and website only"
    ),
    "somebody else is told of ended jobs": "subscriptions are not looked at",
    "the topic is not encrypted": "buckets alone are asked for their key",
    "the network's log is not encrypted with our key": (
        "buckets alone are asked for their key"
    ),
    "volumes need no key of ours": "roles-of-functions asks for the outputs' key only",
    "a role loses its boundary": "boundaries are not read",
    "everybody may call the launcher": "policies of functions are not read",
    "the launcher has an address of its own": "addresses of functions are not known",
    "a model runs with the role of a stranger": "models-placed does not look at roles",
    "a function of ours serves a job, and is not the launcher": (
        "custom-resources-ours takes any function of the templates"
    ),
    "a function comes from another bucket": "code is told by its key alone",
    "a function runs with another role of ours": "code-settings does not name the role",
    "the log of jobs is kept for a week": "retention is compared of log groups alone",
    "the key is renewed more rarely": "RotationPeriodInDays is not compared",
    "the trail does not record objects": "event selectors are not compared",
    "the trail writes to a bucket of others": "the trail's bucket is not compared",
    "accesses to a bucket are not logged": "access logs are not compared",
    "accesses to a bucket are logged elsewhere": "access logs are not compared",
    "nobody hears of failed jobs": "alarms are not looked at",
    "volumes may be without a key": "declarations are compared for leave only",
    "jobs read models from outside": "declarations are compared for leave only",
    "a subnet without what is the default": (
        "false alarm: an absent property and its default differ"
    ),
    "an uploader has no leave any more": (
        "false alarm: who loses an exemption loses its limits, and may manage like all"
    ),
}
