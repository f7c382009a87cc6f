"""Where in this repository something of a review is written.

A line is named only where it was found; a file only where it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from private_transform.environment.yaml_source import Source, UnreadableError, read
from review.findings import Finding
from review.review import Review

ROOT = Path(__file__).parents[2]
"""The repository."""

_LIBRARY = "constructs/private_transform"

MADE_BY = (
    ("AWS::KMS::", ("Key",), "data_key"),
    ("AWS::Logs::", ("AuditLogs", "FlowLogs", "Functions"), "encrypted_log_group"),
    ("AWS::IAM::Role", ("NetworkCalls",), "deployment_calls"),
    (
        "AWS::Lambda::Function",
        ("AWS679f53fac002430cb0da5b7982bd2287",),
        "deployment_calls",
    ),
    ("Custom::AWS", ("NetworkCalls",), "deployment_calls"),
    ("AWS::", ("Network",), "private_network"),
    ("AWS::S3::", ("Logs",), "log_bucket"),
    ("AWS::S3::", ("Control",), "control_bucket"),
    ("AWS::S3::", ("Inputs", "Models", "Outputs"), "data_bucket"),
    ("AWS::IAM::Role", ("AuditWriter",), "audit_trail"),
    ("AWS::CloudTrail::", ("Audit",), "audit_trail"),
    (
        "AWS::IAM::ManagedPolicy",
        (
            *("Analysts", "BreakGlass", "KeyAdministrators"),
            *("Operators", "Readers", "Uploaders"),
        ),
        "duty",
    ),
    ("AWS::", ("Launcher",), "launcher"),
    ("Custom::JobLogGroup", ("JobLogs",), "job_log_group"),
    ("AWS::", ("StateChangesEnded", "TamperAlarmsChanges"), "event_queue"),
    ("AWS::", ("TamperAlarms",), "tamper_alarms"),
    ("AWS::", ("Dashboard",), "dashboard"),
    ("AWS::", ("SavedQueries",), "saved_queries"),
    ("AWS::", ("StateChanges",), "state_changes"),
    ("AWS::", ("JobWatchSchedule", "RunsSchedule"), "recurrence"),
    ("AWS::", ("JobWatch",), "job_watch"),
    ("AWS::IAM::", ("ExecutionRole",), "execution_role"),
    ("AWS::", ("Queries",), "query_workgroup"),
    ("AWS::", ("Results",), "results_table"),
    ("AWS::", ("Runs",), "transform_runs"),
    ("Custom::TransformModel", ("Model",), "transform_model"),
    ("AWS::CloudWatch::Alarm", ("Alarm",), "run_alarms"),
    ("Custom::TransformJob", ("Job",), "transform_job"),
)
"""How type and logical id of a resource begin, and the module whose construct makes
it; the first that fits counts."""

_JOB_KEYS = {
    "job-smoke": "on_deploy",
    "job-stop": "on_deploy",
    "runs-rescheduled": "runs",
    "runs-scheduled": "runs",
    "runs-unscheduled": "runs",
}
"""What of a transform's file decides about its job; otherwise what it runs on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A place in a file.

    Args:
        file: From the repository's root.
        line: The line, counted from 1; None if no one line says it.
    """

    file: str
    line: int | None


def written(finding: Finding, review: Review) -> Written:
    """Where somebody would change what a finding is about."""
    if finding.rule.startswith("exception-"):
        return _of_exception(finding, review) or _of_resource(finding, review)
    if finding.rule.startswith(("job-", "runs-")):
        return _of_job(finding, review) or _of_resource(finding, review)
    if finding.rule.startswith("acknowledgement-"):
        return _of_acknowledgement(finding, review)
    return _of_resource(finding, review)


def _of_acknowledgement(finding: Finding, review: Review) -> Written:
    lines = (
        each.line
        for each in review.register
        if finding.message.startswith(f"`{each.rule}` in `{each.scope}` ")
    )
    return Written(file=finding.resource, line=next(lines, None))


def _of_exception(finding: Finding, review: Review) -> Written | None:
    file = _file("environments", review.change.after.declared.name, "environment.yaml")
    if file is None:
        return None
    lines = (
        line
        for each in review.leaves
        if f"{each.leave.what} for {each.leave.who}" in finding.message
        for line in _lines_of(each.leave.who, file)
    )
    return Written(file=file, line=next(lines, None))


def _of_job(finding: Finding, review: Review) -> Written | None:
    name = review.change.after.declared.name
    stack, _, _ = finding.resource.partition("/")
    transform = stack.removeprefix(f"{name}-")
    file = _file("environments", name, "transforms", f"{transform}.yaml")
    if file is None:
        return None
    key = _JOB_KEYS.get(finding.rule, "transform_resources")
    source = _source(file)
    return Written(file=file, line=source.lines.get((key,)) if source else None)


def _of_resource(finding: Finding, review: Review) -> Written:
    change, path = review.change, finding.resource
    resource = change.new.get(path) or change.old.get(path)
    stack, _, logical_id = path.partition("/")
    if resource is not None:
        for kind, prefixes, module in MADE_BY:
            if resource.type.startswith(kind) and logical_id.startswith(prefixes):
                return class_in(f"{_LIBRARY}/{module}.py")
    part = stack.removeprefix(f"{change.after.declared.name}-")
    if part in ("foundation", "operations"):
        return class_in(f"stacks/{part}_stack.py")
    if part in {each.transform for each in review.jobs}:
        return class_in("stacks/transform_stack.py")
    return Written(file="app.py", line=None)


def class_in(file: str) -> Written:
    """The class that a module is named after."""
    start = f"class {Path(file).stem.title().replace('_', '')}("
    lines = enumerate((ROOT / file).read_text("utf-8").splitlines(), 1)
    found = (number for number, line in lines if line.startswith(start))
    return Written(file=file, line=next(found, None))


def _file(*parts: str) -> str | None:
    """A file from the root; None if there is none.

    Names of a template may lead anywhere, so each is looked for among those there are.
    """
    place = ROOT
    for part in parts:
        if not place.is_dir() or part not in {each.name for each in place.iterdir()}:
            return None
        place /= part
    return "/".join(parts) if place.is_file() else None


def _lines_of(text: str, file: str) -> Iterator[int]:
    """The lines whose value is a text."""
    source = _source(file)
    if source is None:
        return
    for place, line in source.lines.items():
        value: Any = source.content
        for step in place:
            value = value[step]
        if value == text:
            yield line


@cache
def _source(file: str) -> Source | None:
    try:
        return read(ROOT / file)
    except (OSError, UnreadableError):
        return None
