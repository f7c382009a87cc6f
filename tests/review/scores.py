"""The transform that runs beside deployments, and faults in what it has for that."""

from collections.abc import Mapping
from typing import Any

from private_transform.environment import TRANSFORM_TAG
from review.findings import Severity
from tests.review.draft import Draft, Edit
from tests.review.mutant import Mutant, faulty

PART = "scores"
MACHINE = "RunsStateMachine"


def faults(
    section: str,
    owner: str,
    changes: Mapping[str, Edit],
    *,
    severity: Severity = "high",
    rule: str = "",
) -> tuple[Mutant, ...]:
    """Mistakes by their names; all of them are noticed in the same way."""
    return tuple(
        faulty(
            section,
            name,
            change,
            owner,
            severity=severity,
            rule=rule,
            base="everything",
        )
        for name, change in changes.items()
    )


def file_says(*path: Any) -> Edit:
    """Change what the transform's file declares of runs; the last is the value."""

    def edit(draft: Draft) -> None:
        *steps, last, value = path
        place = draft.templates[PART]["Metadata"][TRANSFORM_TAG]["runs"]
        for step in steps:
            place = place[step]
        place[last] = value

    return edit
