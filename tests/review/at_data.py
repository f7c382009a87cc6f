"""Faults that lose data, protection, records of what was done, or the end of leave."""

import json
from typing import Any

from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    all_of,
    attribute,
    declare,
    no_prop,
    policy,
    prop,
    remove,
)
from tests.review.matrix import ARN, ROLES, VPCE
from tests.review.mutant import Mutant, faulty

_RULES = ("LifecycleConfiguration", "Rules", 0)


def _leave(duty: str, **changes: str) -> Edit:
    def change(content: dict[str, Any]) -> None:
        content["people"][duty][0]["outside"].update(changes)

    return declare(change)


def _unprotected(draft: Draft) -> None:
    draft.protection[FOUNDATION] = False


def _deployed(**properties: Any) -> Edit:
    return lambda draft: draft.deployment.update({FOUNDATION: properties})


def _gone(draft: Draft) -> None:
    draft.gone.add("faces")


def _trusted(content: dict[str, Any]) -> None:
    content["trusted_endpoints"] = [
        {
            "id": "vpce-0fedcba9876543210",
            "reason": "notebooks",
            "owner": "ml-team",
            "expires": "2027-06-30",
        }
    ]


def _limits(content: dict[str, Any]) -> dict[str, Any]:
    limits: dict[str, Any] = content["limits"]
    return limits


_WIDER: dict[str, Edit] = {
    "more instances": declare(lambda it: _limits(it).update(max_instance_count=5)),
    "any number of instances": declare(
        lambda it: _limits(it).pop("max_instance_count")
    ),
    "one more instance type": declare(
        lambda it: _limits(it)["instance_types"].append("ml.c5.xlarge")
    ),
    "any instance type": declare(lambda it: _limits(it).pop("instance_types")),
    "more hours": all_of(
        declare(lambda it: _limits(it).update(max_runtime_in_hours=120)),
        prop(
            "JobWatchFunction",
            "Environment",
            "Variables",
            "MAX_RUNTIME_IN_HOURS",
            "120",
            part=OPERATIONS,
        ),
    ),
}


_LOST: tuple[Mutant, ...] = (
    faulty(
        "data",
        "the key is deleted with its stack",
        attribute("Key", "DeletionPolicy", "Delete"),
        "Key",
        rule="data-retention",
        base="everything",
    ),
    faulty(
        "data",
        "a bucket is deleted when it is replaced",
        attribute("Outputs", "UpdateReplacePolicy", "Delete"),
        "Outputs",
        rule="data-retention",
        base="everything",
    ),
    faulty(
        "kept-data",
        "a bucket's policy goes with its stack and the bucket stays",
        attribute("InputsLock", "DeletionPolicy", "Delete"),
        "InputsLock",
        base="everything",
    ),
    faulty(
        "kept-versions",
        "no earlier versions",
        prop("Inputs", "VersioningConfiguration", "Status", "Suspended"),
        "Inputs",
    ),
    faulty(
        "data",
        "outputs are deleted after a day",
        prop("Outputs", *_RULES, "ExpirationInDays", 1),
        "Outputs",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "outputs are deleted on a day that is past",
        prop("Outputs", *_RULES, "ExpirationDate", "2026-01-01T00:00:00Z"),
        "Outputs",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "earlier versions are deleted after a day",
        prop("Models", *_RULES, "NoncurrentVersionExpiration", {"NoncurrentDays": 1}),
        "Models",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "the log bucket forgets sooner",
        prop("Logs", *_RULES, "ExpirationInDays", 30),
        "Logs",
        rule="data-lifecycle",
    ),
    faulty(
        "data",
        "the network's log is kept for a week",
        prop("FlowLogs", "RetentionInDays", 7),
        "FlowLogs",
        severity="medium",
        rule="data-retention",
    ),
    faulty(
        "data",
        "the log of jobs is kept for a week",
        prop("JobLogs", "RetentionInDays", 7, part=OPERATIONS),
        "JobLogs",
        severity="medium",
        rule="data-retention",
    ),
    faulty(
        "data",
        "a deleted key is gone after a week",
        prop("Key", "PendingWindowInDays", 7),
        "Key",
        severity="medium",
        rule="data-retention",
        base="everything",
    ),
    faulty(
        "data",
        "the key is renewed more rarely",
        prop("Key", "RotationPeriodInDays", 2560),
        "Key",
        severity="medium",
        rule="key-rotation",
    ),
    faulty(
        "data",
        "a stack may be deleted",
        _unprotected,
        FOUNDATION,
        rule="data-protection",
        base="everything",
    ),
    faulty(
        "data",
        "a transform's stack is missing",
        _gone,
        "faces",
        severity="medium",
        rule="stack-removed",
    ),
    faulty(
        "data",
        "a log group that is kept leaves its stack",
        lambda draft: _moved(draft, "FlowLogs91F8F4DF", "NetworkLogs00000000"),
        "FlowLogs",
        severity="medium",
        rule="data-removed",
        base="everything",
    ),
    faulty(
        "data",
        "a log group is deleted",
        remove("AuditLogs"),
        "AuditLogs",
        rule="data-removed",
    ),
    faulty(
        "data",
        "the outputs bucket is another one",
        lambda draft: _moved(draft, "Outputs649C2C89", "Results00000000"),
        "Outputs",
        rule="data-removed",
    ),
    faulty(
        "data",
        "the network is made anew",
        prop("NetworkVpc", "CidrBlock", "10.40.0.0/24"),
        "NetworkVpc",
        severity="medium",
        rule="replaced",
    ),
)
_RECORDS: tuple[Mutant, ...] = (
    faulty(
        "kept-trail",
        "the trail is off",
        prop("Audit", "IsLogging", False),
        FOUNDATION,
    ),
    faulty(
        "data",
        "the trail can be changed unnoticed",
        prop("Audit", "EnableLogFileValidation", False),
        "Audit",
        rule="audit-weaker",
    ),
    faulty("data", "there is no trail", remove("Audit"), "Audit", rule="data-removed"),
    faulty(
        "data",
        "the trail does not record objects",
        no_prop("Audit", "AdvancedEventSelectors", 1),
        "Audit",
        rule="audit-weaker",
    ),
    faulty(
        "data",
        "the trail writes to a bucket of others",
        prop("Audit", "S3BucketName", "elsewhere"),
        "Audit",
        rule="audit-weaker",
    ),
    faulty(
        "data",
        "accesses to a bucket are not logged",
        no_prop("Inputs", "LoggingConfiguration"),
        "Inputs",
        severity="medium",
        rule="setting-matters",
    ),
    faulty(
        "works-services",
        "accesses to a bucket are logged elsewhere",
        prop("Inputs", "LoggingConfiguration", "DestinationBucketName", "elsewhere"),
        "Inputs",
    ),
    faulty(
        "data",
        "nobody hears of failed jobs",
        remove("AlarmFailed", "faces"),
        "AlarmFailed",
        severity="medium",
        rule="alarm-removed",
    ),
)
_DEPLOYMENT: tuple[Mutant, ...] = (
    faulty(
        "deployment",
        "a stack is deployed with another role",
        _deployed(
            cloudFormationExecutionRoleArn="arn:aws:iam::123456789012:role/admin"
        ),
        FOUNDATION,
        severity="medium",
        rule="deployment-changed",
    ),
    faulty(
        "deployment",
        "a stack is deployed by another role",
        _deployed(assumeRoleArn="arn:aws:iam::999999999999:role/theirs"),
        FOUNDATION,
        severity="medium",
        rule="deployment-changed",
    ),
    faulty(
        "deployment",
        "somebody is told of every deployment",
        _deployed(notificationArns=["arn:aws:sns:us-east-1:999999999999:theirs"]),
        FOUNDATION,
        severity="medium",
        rule="deployment-changed",
    ),
    faulty(
        "deployment",
        "a stack gets parameters",
        _deployed(parameters={"BootstrapVersion": "/theirs"}),
        FOUNDATION,
        severity="medium",
        rule="deployment-changed",
    ),
    faulty(
        "deployment",
        "a template comes from another bucket",
        _deployed(templateBucket="s3://theirs"),
        FOUNDATION,
        severity="medium",
        rule="deployment-changed",
    ),
)
_LEAVES: tuple[Mutant, ...] = (
    faulty(
        "leaves",
        "leave that ended",
        _leave("uploaders", expires="2026-11-29"),
        FOUNDATION,
        rule="exception-expired",
    ),
    faulty(
        "leaves",
        "leave without an end",
        _leave("uploaders", expires="never"),
        FOUNDATION,
        rule="exception-endless",
        base="company",
    ),
    faulty(
        "leaves",
        "leave is longer",
        _leave("uploaders", expires="2027-09-30"),
        FOUNDATION,
        severity="medium",
        rule="exception-new",
        base="company",
    ),
    faulty(
        "leaves",
        "another endpoint is trusted",
        all_of(
            declare(_trusted),
            *(
                policy(name, lambda d: _trust_it(d))
                for name in ("ModelsLock", "InputsLock", "OutputsLock")
            ),
        ),
        FOUNDATION,
        severity="medium",
        rule="exception-new",
    ),
    faulty(
        "leaves",
        "another uploader from outside, in the file and in no policy",
        declare(
            lambda content: content["people"]["uploaders"].append(
                {
                    "role": f"{ROLES}/second",
                    "outside": {
                        "reason": "b",
                        "owner": "c",
                        "expires": "2027-06-30",
                    },
                }
            )
        ),
        "uploaders",
        severity="high",
        rule="promise-works-duties",
    ),
    faulty(
        "leaves",
        "another uploader from outside",
        lambda draft: _second_uploader(draft),
        FOUNDATION,
        severity="medium",
        rule="exception-new",
    ),
    faulty(
        "leaves",
        "volumes may be without a key",
        declare(lambda content: content["limits"].update(require_volume_key=False)),
        FOUNDATION,
        severity="medium",
        rule="declared-weaker",
    ),
    *(
        faulty(
            "leaves",
            name,
            change,
            FOUNDATION,
            severity="medium",
            rule="declared-weaker",
            base="everything",
        )
        for name, change in _WIDER.items()
    ),
    faulty(
        "leaves",
        "jobs read models from outside",
        declare(lambda content: content.update(sagemaker_api_reads="models")),
        FOUNDATION,
        severity="medium",
        rule="declared-weaker",
    ),
)
AT_DATA = (*_LOST, *_RECORDS, *_DEPLOYMENT, *_LEAVES)


def _moved(draft: Draft, old: str, new: str) -> None:
    """Everything that spoke of one resource speaks of another."""

    for part, template in draft.templates.items():
        text = json.dumps(template).replace(f'"{old}"', f'"{new}"')
        draft.templates[part] = json.loads(text)


def _trust_it(document: Any) -> None:
    for each in document["Statement"]:
        for given in each.get("Condition", {}).values():
            if VPCE in given:
                given[VPCE].append("vpce-0fedcba9876543210")


def _second_uploader(draft: Draft) -> None:
    second = f"{ROLES}/second"
    draft.declared()["people"]["uploaders"].append(
        {
            "role": second,
            "outside": {"reason": "b", "owner": "c", "expires": "2027-06-30"},
        }
    )
    first = f"{ROLES}/rehearsal-uploader"
    names = ["ModelsLock", "InputsLock", "Key"]
    for name in names:
        for each in draft.document(name)["Statement"]:
            for given in each.get("Condition", {}).values():
                roles = given.get(ARN)
                if isinstance(roles, list) and first in roles:
                    roles.append(second)
    draft.properties("Uploaders")["Roles"].append("second")
