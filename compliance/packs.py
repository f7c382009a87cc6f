"""What cdk-nag finds in templates: `python -m compliance.packs`.

A program of its own, for Node stays as long as who uses the CDK, and takes more memory
than every proof. It reads templates and writes findings as JSON.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from compliance.finding import Finding
from compliance.report import reported


def find(stack: str, template: str) -> tuple[Finding, ...] | str:
    """List what the packs find in one template.

    Args:
        stack: The stack's name, with which each finding's path begins.
        template: Its template as JSON.

    Returns:
        The findings, or why it cannot be read.
    """
    try:
        return tuple(_found(stack, template))
    except RuntimeError as error:
        return str(error)


def _found(stack: str, template: str) -> Iterator[Finding]:
    with TemporaryDirectory() as folder:
        file = Path(folder, "template.json")
        file.write_text(template, "utf-8")
        app = cdk.App(
            analytics_reporting=False,
            builtin_cloud_formation_validation=False,
            outdir=folder,
            post_cli_context={"@aws-cdk/core:failSynthOnValidationErrors": False},
        )
        place = cdk.Stack(
            app,
            "Stack",
            # The template has this rule already, or is not to have it.
            synthesizer=cdk.DefaultStackSynthesizer(
                generate_bootstrap_version_rule=False
            ),
        )
        CfnInclude(place, "Template", template_file=str(file))
        cdk.Validations.of(app).add_plugins(
            AwsSolutionsChecks(app), NIST80053R5Checks(app)
        )
        app.synth()
        for each in reported(Path(folder, "validation-report.json")):
            logical_id = each.path.rpartition("/")[2]
            yield Finding(
                path=f"{stack}/{logical_id}",
                rule=each.rule,
                meaning=each.meaning,
                check=each.check,
            )


def _told(found: tuple[Finding, ...] | str) -> Any:
    return found if isinstance(found, str) else [asdict(each) for each in found]


if __name__ == "__main__":
    # What Node prints is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        json.dump([_told(find(*each)) for each in json.load(sys.stdin)], answers)
    except KeyboardInterrupt:
        sys.exit(130)
