"""CloudFormation's own validation and AWS's controls, over one template."""

import re
from collections.abc import Iterator

import cloudformation_validate as cfn

from compliance.engine import engine
from compliance.finding import Finding

CONTROL_TOWER = "AWS Control Tower"
"""The check that a control's finding names."""

_CONTROL = re.compile(r"\[(CT\.[A-Z0-9.]+)\]: (.+)")

_OF_CDK = ("W3005", "W1020", "E1018", "W9002", "W9013", "W1103")
"""Rules that templates of CDK break by design; its own validation leaves them out."""


def validate(stack: str, template: str) -> Iterator[Finding]:
    """List what is found in a template, each rule once for each resource.

    Args:
        stack: Its name, with which each finding's path begins.
        template: Its JSON.

    Raises:
        ValidationError: It is no template.
    """
    config = cfn.ValidateConfig(
        exclude=cfn.RuleFilterConfig(ids=[*_OF_CDK]), severity_level=cfn.Severity.WARN
    )
    report = engine().validate_template(cfn.TemplateContent(template, stack), config)
    placed = {each.rule_id for each in report.diagnostics if each.entity}
    found: dict[tuple[str, str], Finding] = {}
    for each in report.diagnostics:
        # A rule says for each resource what it misses, and once more for them all.
        if each.entity or each.rule_id not in placed:
            finding = _finding(stack, each)
            found.setdefault((finding.path, finding.rule), finding)
    yield from found.values()


def _finding(stack: str, diagnostic: cfn.Diagnostic) -> Finding:
    entity = diagnostic.entity
    path = f"{stack}/{entity.logical_id}" if entity else stack
    control = _CONTROL.search(diagnostic.rule_description or "")
    if control:
        rule, meaning = control.groups()
        return Finding(path=path, rule=rule, meaning=meaning, check=CONTROL_TOWER)
    return Finding(
        path=path,
        rule=diagnostic.rule_id,
        meaning=diagnostic.message,
        check="CloudFormation Validate",
    )
