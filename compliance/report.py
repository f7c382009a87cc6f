"""Reads the report that CDK writes of its validation."""

import json
from collections.abc import Iterator
from pathlib import Path

from compliance.finding import Finding


def reported(file: Path) -> Iterator[Finding]:
    """List what every check of a synthesis found.

    Args:
        file: `validation-report.json`.

    Raises:
        RuntimeError: A check could not run.
    """
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
