"""What public rule packs find in templates, whoever wrote them."""

import json
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from cloudformation_validate import ValidationError

from compliance.finding import Finding
from compliance.validation import validate

Template = tuple[str, str]
"""A stack's name, with which each finding's path begins, and its template as JSON."""

Found = tuple[Finding, ...] | str
"""What is found, or why that cannot be told."""

_ROOT = Path(__file__).parents[1]


def find_in(templates: Collection[Template]) -> dict[Template, Found]:
    """List what every check finds in each template, sorted.

    The checks are cdk-nag's AwsSolutions and NIST 800-53 R5, CloudFormation's own
    validation, and AWS Control Tower's proactive controls. HIPAA Security is left out:
    of these templates it says what NIST says.
    """
    asked = sorted(set(templates))
    # First what ends with its process: the validator takes as much memory, and stays.
    of_packs = _of_packs(asked)
    return {
        each: _together(each[0], _validated(each), found)
        for each, found in zip(asked, of_packs, strict=True)
    }


def _together(stack: str, *found: Found) -> Found:
    findings: list[Finding] = []
    for each in found:
        if isinstance(each, str):
            reason = each.strip().partition("\n")[0]
            return f"{stack}: {reason}"
        findings += each
    return tuple(sorted(findings))


def _validated(template: Template) -> Found:
    try:
        return tuple(validate(*template))
    except (RuntimeError, ValidationError) as error:
        return str(error)


def _of_packs(templates: Sequence[Template]) -> list[Found]:
    done = subprocess.run(
        [sys.executable, "-m", "compliance.packs"],
        cwd=_ROOT,
        input=json.dumps(templates),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or "nothing").splitlines()[-1]
        return [f"cdk-nag ended with {done.returncode}: {last}" for _ in templates]
    return [
        each if isinstance(each, str) else tuple(Finding(**found) for found in each)
        for each in json.loads(done.stdout)
    ]
