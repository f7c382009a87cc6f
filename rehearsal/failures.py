"""What came of the transforms when their deployment failed."""

import re
from typing import Any

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import StackRow, TransformRow
from rehearsal.results import ended_job, outputs_of, row_of

_TRACE = re.compile(r"\n\s*(at |Logs: ).*", re.DOTALL)
"""Lines of the provider framework itself, below the reason."""


def stacks_of(company: Company) -> tuple[StackRow, ...]:
    """The environment's stacks by name."""
    prefix = company.environment.stack_name("")
    pages = company.client("cloudformation").get_paginator("describe_stacks").paginate()
    return tuple(
        StackRow(name=stack["StackName"], status=stack["StackStatus"])
        for page in pages
        for stack in sorted(page["Stacks"], key=lambda stack: str(stack["StackName"]))
        if stack["StackName"].startswith(prefix)
    )


def read_failure(company: Company, transform: Transform) -> TransformRow:
    """Tell of a transform after a deployment that failed, for it or for another.

    The reason is what the person who deployed was told: the first failure in the
    transform's own stack, or else in those that it stands on.
    """
    reasons = (
        _reason(company, part) for part in (transform.name, "foundation", "operations")
    )
    reason = next((each for each in reasons if each is not None), None)
    job = _last_job(company, transform)
    if job is not None:
        found = outputs_of(company, transform, job)
        return row_of(transform, job, found, failure_reason=reason)
    return TransformRow(
        name=transform.name,
        job=None,
        status="Failed",
        inputs=0,
        outputs=0,
        failed_inputs=(),
        seconds=0.0,
        failure_reason=reason or "its deployment was not begun",
    )


def _reason(company: Company, part: str) -> str | None:
    """The first failure among a stack's events; None if there is none."""
    name = company.environment.stack_name(part)
    if name not in {row.name for row in stacks_of(company)}:
        return None
    pages = company.client("cloudformation").get_paginator("describe_stack_events")
    failed = [
        event
        for page in pages.paginate(StackName=name)
        for event in page["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    if not failed:
        return None
    # Events come newest first.
    first = failed[-1]
    reason = _TRACE.sub("", first.get("ResourceStatusReason", "no reason given"))
    return f"{first['LogicalResourceId']}: {reason.removeprefix('Error: ').strip()}"


def _last_job(company: Company, transform: Transform) -> dict[str, Any] | None:
    """The job that was begun last for a transform, once it has ended."""
    begun = company.client("sagemaker").list_transform_jobs(
        NameContains=f"{company.environment.stack_name(transform.name)}-",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=1,
    )["TransformJobSummaries"]
    return ended_job(company, begun[0]["TransformJobName"]) if begun else None
