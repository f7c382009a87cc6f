"""The declared exceptions: which there are, and which this change brings or ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from review.change import Change
from review.declared import Leave
from review.findings import Finding

DOCUMENTATION = "123456789012"
"""The account of AWS's documentation, which nobody can sign in to: what is shipped for
it never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveChange:
    """One exception, and whether this change touches it.

    Args:
        leave: The exception.
        change: What becomes of it.
    """

    leave: Leave
    change: Literal["kept", "new", "ended"]


def leave_changes(change: Change) -> list[LeaveChange]:
    """Every exception of either side."""
    old = set(change.before.declared.leaves) if change.before else set()
    new = set(change.after.declared.leaves)
    created = change.before is None
    return [
        LeaveChange(
            leave=each,
            change="ended"
            if each not in new
            else "kept"
            if created or each in old
            else "new",
        )
        for each in sorted(old | new)
    ]


def findings(
    changes: list[LeaveChange], change: Change, *, today: date
) -> Iterator[Finding]:
    """New exceptions need somebody who knows; those without an end must not be."""
    stack = change.after.foundation.name
    yield from _weaker(change)
    for each in changes:
        leave = each.leave
        if each.change == "ended":
            continue
        about = f"{leave.what} for {leave.who}"
        if leave.is_expired(today):
            yield Finding(
                rule="exception-expired",
                severity="high",
                resource=stack,
                message=f"The exception {about} ended on {leave.expires}.",
            )
        if leave.expires == "never" and change.after.place.account != DOCUMENTATION:
            yield Finding(
                rule="exception-endless",
                severity="high",
                resource=stack,
                message=f"The exception {about} never ends.",
            )
        if each.change == "new":
            yield Finding(
                rule="exception-new",
                severity="medium",
                resource=stack,
                message=f"A new exception: {about}, until {leave.expires}. Reason: "
                f"{leave.reason}. Owner: {leave.owner}.",
            )


def _weaker(change: Change) -> Iterator[Finding]:
    """Promises are kept to what is declared, so that a weaker word breaks none."""
    if change.before is None:
        return
    old, new = change.before.declared, change.after.declared
    for key, weaker in (
        ("audit", old.audits and not new.audits),
        (
            "limits.require_volume_key",
            old.needs_volume_keys and not new.needs_volume_keys,
        ),
        (
            "lock_management",
            old.perimeter.lock_management and not new.perimeter.lock_management,
        ),
        ("protection", old.keeps_data and not new.keeps_data),
        (
            "sagemaker_api_reads",
            new.perimeter.sagemaker_api_reads and not old.perimeter.sagemaker_api_reads,
        ),
        *((f"limits.{name}", True) for name in new.limits.wider_than(old.limits)),
    ):
        if weaker:
            yield Finding(
                rule="declared-weaker",
                severity="medium",
                resource=change.after.foundation.name,
                message=f"The environment's file asks for less than before: `{key}`.",
            )
