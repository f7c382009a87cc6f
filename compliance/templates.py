"""What public rule packs find in a template, whoever wrote it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from cloudformation_validate import ValidationError

from compliance.finding import Finding
from compliance.report import reported
from compliance.validation import validate


class UncheckableError(Exception):
    """A check cannot read a template; it says which and why."""


def find_in(stack: str, template: Mapping[str, Any]) -> tuple[Finding, ...]:
    """List what every check finds in one template, sorted.

    The checks are cdk-nag's AwsSolutions and NIST 800-53 R5, CloudFormation's own
    validation, and AWS Control Tower's proactive controls. HIPAA Security is left out:
    of these templates it says what NIST says.

    Args:
        stack: The stack's name, with which each finding's path begins.
        template: Its template.

    Raises:
        UncheckableError: A check cannot read the template.
    """
    return _found(stack, json.dumps(template))


@cache
def _found(stack: str, template: str) -> tuple[Finding, ...]:
    try:
        return tuple(sorted([*validate(stack, template), *_packs(stack, template)]))
    except (RuntimeError, ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UncheckableError(f"{stack}: {reason}") from None


def _packs(stack: str, template: str) -> Iterator[Finding]:
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
