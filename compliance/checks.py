"""Run every check on the stacks of one environment."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks
from cdk_preflight import Preflight

from compliance.finding import Finding


def find(
    create: Callable[[cdk.App], None], *, flags: Mapping[str, Any]
) -> tuple[Finding, ...]:
    """Create stacks, synthesize them and list what every check finds, sorted.

    The checks are cdk-nag's AwsSolutions, HIPAA Security and NIST 800-53 R5, CDK's
    built-in CloudFormation validation, and cdk-preflight. Warnings count too, and so
    does an acknowledgement in the code, which would hide a finding from the register.

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
        return tuple(sorted([*_reported(report), *_acknowledged_in_code(app.outdir)]))


def _reported(file: Path) -> Iterator[Finding]:
    report = json.loads(file.read_text("utf-8"))
    for check in report["pluginReports"]:
        if check["conclusion"] == "failure" and not check["violations"]:
            raise RuntimeError(f"{check['pluginName']} could not run: {check}")
        for violation in check["violations"]:
            for construct in violation["violatingConstructs"]:
                yield Finding(
                    # A finding on a whole template has no construct.
                    path=construct["constructPath"]
                    or construct["cloudFormationResource"]["templatePath"],
                    rule=violation["ruleName"],
                    meaning=violation["description"],
                    check=check["pluginName"],
                )


def _acknowledged_in_code(assembly: str) -> Iterator[Finding]:
    """What was acknowledged beside the register: the report leaves it out."""
    for file in Path(assembly).glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text("utf-8")).items():
            for entry in entries:
                if entry["type"] != "aws:cdk:acknowledged-rules":
                    continue
                for rule, reason in entry["data"].items():
                    yield Finding(
                        path=path.removeprefix("/"),
                        rule=f"acknowledged-in-code[{rule}]",
                        meaning=reason,
                        check="the metadata",
                    )
