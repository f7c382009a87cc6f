"""Faults where a template writes out a name that AWS makes up, and so names another."""

from typing import Any

from tests.lock.mutants import value
from tests.review.draft import FOUNDATION, Draft, Edit, policy, prop
from tests.review.matrix import LOCK, ROLES, VPCE
from tests.review.mutant import Mutant, faulty

JOB = (
    f"{ROLES}/private-transform/rehearsal-us-east-1/execution/"
    "rehearsal-faces-ExecutionRole605A040B"
)
_LOGS = "rehearsal-foundation-logs59b087bb"
_INPUTS = "rehearsal-foundation-inputsf7c892a7"
_TOPIC = (
    "arn:aws:sns:us-east-1:123456789012:rehearsal-operations-StateChangesTopic73E4E633"
)


def _output(name: str, content: Any) -> Edit:
    def edit(draft: Draft) -> None:
        draft.templates[FOUNDATION]["Outputs"][name]["Value"] = content

    return edit


def _job_acts_as(role: str) -> Edit:
    def edit(draft: Draft) -> None:
        resources = draft.templates["faces"]["Resources"].values()
        (model,) = (each for each in resources if each["Type"].endswith("Model"))
        model["Properties"]["Request"]["ExecutionRoleArn"] = role

    return edit


AT_NAMES: tuple[Mutant, ...] = (
    faulty(
        "data-endpoint",
        "a lock is on a bucket that is called like ours, but for its end",
        prop("InputsLock", "Bucket", _INPUTS),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "an output names a bucket that is called like ours, but for its end",
        _output("InputsBucket", _INPUTS),
        FOUNDATION,
    ),
    faulty(
        "works-jobs",
        "the lock knows an endpoint that is called like ours here",
        policy(
            "InputsLock",
            value(
                LOCK,
                "StringNotEquals",
                VPCE,
                ["vpce-rehearsal-foundation-NetworkEndpoint08416510"],
            ),
        ),
        "ExecutionRole",
    ),
    faulty(
        "models-placed",
        "a model acts as a role that is called like ours, but for its end",
        _job_acts_as(JOB),
        "",
    ),
    faulty(
        "kept-trail",
        "the trail writes to a bucket that is called like ours, but for its end",
        prop("Audit", "S3BucketName", _LOGS),
        "",
    ),
    faulty(
        "works-services",
        "accesses are logged to a bucket that is called like ours, but for its end",
        prop("Inputs", "LoggingConfiguration", "DestinationBucketName", _LOGS),
        "Inputs",
    ),
    faulty(
        "settings",
        "an alarm goes to a topic that is called like ours, but for its end",
        prop("AlarmFailed", "AlarmActions", [_TOPIC], part="faces"),
        "AlarmFailed",
        severity="medium",
        rule="setting-matters",
    ),
)
