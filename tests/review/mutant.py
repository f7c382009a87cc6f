"""One change of the templates, and what a review has to say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from review.findings import Severity
from tests.review.draft import Edit

Base = Literal["everything", "rehearsal", "company"]
Kind = Literal["faulty", "equivalent", "tightening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change.

    Args:
        name: What is done, unique.
        section: The invariant or the part of the review that has to notice.
        kind: Only a faulty change is to be noticed.
        change: Does it.
        severity: Of the worst finding that is new; None for a harmless change.
        rule: One finding of that severity comes from this rule.
        resource: And is about this: the beginning of a logical id, or a stack's part.
        base: The environment that is changed.
        effects: Rules that a harmless change rightly sets off: a job that runs again.
    """

    name: str
    section: str
    kind: Kind
    change: Edit
    severity: Severity | None = None
    rule: str = ""
    resource: str = ""
    base: Base = "rehearsal"
    effects: tuple[str, ...] = ()


def faulty(
    section: str,
    name: str,
    change: Edit,
    resource: str,
    *,
    severity: Severity = "high",
    rule: str = "",
    base: Base = "rehearsal",
) -> Mutant:
    """A mistake; what breaks a promise is found by that promise's rule."""
    return Mutant(
        name=name,
        section=section,
        kind="faulty",
        change=change,
        severity=severity,
        rule=rule or f"promise-{section}",
        resource=resource,
        base=base,
    )


def harmless(
    kind: Kind,
    section: str,
    changes: Mapping[str, Edit],
    *,
    base: Base = "rehearsal",
    effects: tuple[str, ...] = (),
) -> tuple[Mutant, ...]:
    """Changes that nobody has to look at."""
    return tuple(
        Mutant(
            name=name,
            section=section,
            kind=kind,
            change=change,
            base=base,
            effects=effects,
        )
        for name, change in changes.items()
    )
