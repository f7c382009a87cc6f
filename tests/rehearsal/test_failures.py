"""A deployment that failed is told with each transform's reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from private_transform.environment import Environment, Transform
from rehearsal.failures import read_failure
from rehearsal.process import EmbeddedAws
from tests.rehearsal.company_of_answers import AnsweringCompany

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
REASON = (
    "Error: job refused.\nWhat to try: this.\n\nLogs: /aws/lambda/x\n\n    at f (/x.js)"
)


def company_of(
    shipped: Environment,
    home: Path,
    failed: dict[str, list[dict[str, str]]],
    jobs: tuple[str, ...] = (),
) -> AnsweringCompany:
    def stacks(**_: Any) -> Any:
        outputs = {
            "InputsBucket": "in",
            "OutputsBucket": "out",
            "EndpointId": "vpce-1",
        }
        return {
            "Stacks": [
                {
                    "StackName": name,
                    "StackStatus": "ROLLBACK_COMPLETE",
                    "Outputs": [
                        {"OutputKey": k, "OutputValue": v} for k, v in outputs.items()
                    ],
                }
                for name in failed
            ]
        }

    def events(*, StackName: str) -> Any:
        return {"StackEvents": failed[StackName]}

    def described(**_: Any) -> Any:
        return {
            "TransformJobName": jobs[0],
            "TransformJobStatus": "Failed",
            "TransformOutput": {"S3OutputPath": "s3://out/faces/"},
            "CreationTime": BEGAN,
            "TransformEndTime": BEGAN + timedelta(seconds=3),
        }

    return AnsweringCompany(
        aws=EmbeddedAws(images={}, home=home),
        environment=shipped,
        answers={
            "cloudformation.describe_stacks": stacks,
            "cloudformation.describe_stack_events": events,
            "sagemaker.list_transform_jobs": lambda **_: {
                "TransformJobSummaries": [{"TransformJobName": name} for name in jobs]
            },
            "sagemaker.describe_transform_job": described,
            "s3.list_objects_v2": lambda *, Bucket, **_: (
                {"Contents": [{"Key": "photos/x.jpg"}]} if Bucket == "in" else {}
            ),
        },
    )


def faces_of(shipped: Environment) -> Transform:
    return next(each for each in shipped.transforms if each.name == "faces")


def event(resource: str, status: str, reason: str = "") -> dict[str, str]:
    return {
        "LogicalResourceId": resource,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_the_first_failure_of_its_own_stack_is_the_reason(
    shipped: Environment, tmp_path: Path
) -> None:
    own = [
        event("Job", "DELETE_FAILED", "later"),
        event("Job", "CREATE_FAILED", REASON),
        event("Job", "CREATE_IN_PROGRESS"),
    ]
    company = company_of(
        shipped, tmp_path, {"rehearsal-faces": own, "rehearsal-foundation": []}
    )
    row = read_failure(company, faces_of(shipped))
    assert row.failure_reason == "Job: job refused.\nWhat to try: this."
    assert (row.job, row.status, row.inputs) == (None, "Failed", 0)


def test_a_failed_job_is_told_with_its_inputs(
    shipped: Environment, tmp_path: Path
) -> None:
    own = [event("Job", "CREATE_FAILED", REASON)]
    failed = {"rehearsal-faces": own}
    company = company_of(shipped, tmp_path, failed, jobs=("rehearsal-faces-1",))
    row = read_failure(company, faces_of(shipped))
    assert (row.job, row.status, row.seconds) == ("rehearsal-faces-1", "Failed", 3)
    assert (row.inputs, row.failed_inputs) == (1, ("x.jpg",))


def test_what_it_stands_on_is_the_reason_when_it_was_not_begun(
    shipped: Environment, tmp_path: Path
) -> None:
    broken = [event("Key", "CREATE_FAILED", "no key")]
    company = company_of(shipped, tmp_path, {"rehearsal-foundation": broken})
    row = read_failure(company, faces_of(shipped))
    assert row.failure_reason == "Key: no key"
    company = company_of(shipped, tmp_path, {})
    row = read_failure(company, faces_of(shipped))
    assert row.failure_reason == "its deployment was not begun"
