"""Resources that come and go, where no other section tells of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from review.change import Change
from review.findings import Finding
from review.plain import Resource

_ACTS = {
    "AWS::CloudTrail::Trail",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
}
"""What does something of its own accord, which nothing else here looks at."""


def findings(change: Change, told: Collection[str]) -> Iterator[Finding]:
    """What is new or goes, each resource of a stack that stays, and each stack.

    Args:
        change: Both sides.
        told: Paths of resources of which something is told already.
    """
    if change.before is None:
        return
    were, are = (
        {stack.name for stack in side.assembly.stacks}
        for side in (change.before, change.after)
    )
    for each in change.added():
        if each.stack in were and each.path not in told:
            yield Finding(
                rule="resource-added",
                severity="medium" if each.type in _ACTS else "low",
                resource=each.path,
                message=f"{each.path}, a {each.type}, is new.",
            )
    for each in change.removed():
        if each.stack in are and each.path not in told:
            yield Finding(
                rule="resource-removed",
                severity="low",
                resource=each.path,
                message=f"{each.path}, a {each.type}, is removed.",
            )
    for name in sorted(are - were):
        yield Finding(
            rule="stack-added",
            severity="low",
            resource=name,
            message=f"The stack {name} is new, with {_counted(change.added(), name)}.",
        )


def _counted(resources: Iterable[Resource], stack: str) -> str:
    counts = Counter(each.type for each in resources if each.stack == stack)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
