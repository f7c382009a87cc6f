"""Run every check on the stacks of one environment."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks
from cdk_preflight import Preflight

from compliance.finding import Finding
from compliance.report import reported
from compliance.validation import CONTROL_TOWER, validate


def find(
    create: Callable[[cdk.App], None], *, flags: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """Create stacks, synthesize them and list what every check finds, sorted.

    The checks are cdk-nag's AwsSolutions, HIPAA Security and NIST 800-53 R5, CDK's
    built-in CloudFormation validation, cdk-preflight, and AWS Control Tower's controls.
    Warnings count too, and so does an acknowledgement in the code, which would hide a
    finding from the register.

    Args:
        create: Puts the stacks into an app.
        flags: The feature flags of that app.

    Raises:
        RuntimeError: The synthesis failed, or a check could not run.
    """
    if os.environ.get("CDK_VALIDATION") == "false":
        raise RuntimeError("CDK_VALIDATION=false switches the built-in validation off")
    with TemporaryDirectory() as folder:
        app = cdk.App(
            analytics_reporting=False,
            outdir=folder,
            # Findings are to be compared with the register, not to end the synthesis.
            post_cli_context={
                **flags,
                "@aws-cdk/core:failSynthOnValidationErrors": False,
            },
        )
        create(app)
        cdk.Validations.of(app).add_plugins(
            AwsSolutionsChecks(app), HIPAASecurityChecks(app), NIST80053R5Checks(app)
        )
        Preflight.apply(app)
        report = Path(folder, "validation-report.json")
        try:
            app.synth()
        except RuntimeError:
            # cdk-preflight ends the synthesis in spite of the flag, after the report.
            if not report.exists():
                raise
        found = [*reported(report), *_controls(folder), *_acknowledged_in_code(folder)]
        return tuple(sorted(found))


def _controls(assembly: str) -> Iterator[Finding]:
    """What breaks AWS's controls, which read templates, by its construct's path."""
    paths = {
        f"{path.split('/')[1]}/{data}": path.removeprefix("/")
        for path, kind, data in _metadata(assembly)
        if kind == "aws:cdk:logicalId"
    }
    for file in Path(assembly).glob("*.template.json"):
        stack = file.name.removesuffix(".template.json")
        for each in validate(stack, file.read_text("utf-8")):
            if each.check == CONTROL_TOWER:
                yield replace(each, path=paths[each.path])


def _acknowledged_in_code(assembly: str) -> Iterator[Finding]:
    """What was acknowledged beside the register: the report leaves it out."""
    for path, kind, data in _metadata(assembly):
        if kind == "aws:cdk:acknowledged-rules":
            for rule, reason in data.items():
                yield Finding(
                    path=path.removeprefix("/"),
                    rule=f"acknowledged-in-code[{rule}]",
                    meaning=reason,
                    check="the metadata",
                )


def _metadata(assembly: str) -> Iterator[tuple[str, str, Any]]:
    """Path, type and data of all that constructs say of themselves."""
    for file in Path(assembly).glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text("utf-8")).items():
            for entry in entries:
                yield path, entry["type"], entry.get("data")
