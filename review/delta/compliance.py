"""What public rule packs find in the templates, before and after."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from compliance.finding import Finding as Violation
from compliance.logical_ids import logical_id
from compliance.placeholders import Values, filled
from compliance.register import Acknowledgement, Register
from compliance.templates import Found, Template, find_in
from review.change import Change
from review.findings import Finding
from review.scene import Scene
from review.transforms import transforms_of

State = Literal["new", "fixed", "unchanged"]
STATES: tuple[State, ...] = ("new", "fixed", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceChange:
    """What one rule says of one resource.

    Args:
        resource: Where, as `STACK/LOGICAL_ID`, or a stack's name.
        rule: The rule's id, with the detail that it was found in.
        meaning: What it asks for.
        state: Whether this change brings it or ends it.
        acknowledged: Why it is accepted; empty if it is not.
    """

    resource: str
    rule: str
    meaning: str
    state: State
    acknowledged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The outcome of every check.

    Args:
        changes: What is found on either side, what is new first.
        unchecked: Templates that a check cannot read, and why.
    """

    changes: tuple[ComplianceChange, ...]
    unchecked: tuple[str, ...]

    def __str__(self) -> str:
        """How many there are of each kind."""
        states = Counter(each.state for each in self.changes)
        return ", ".join(f"{states[each]} {each}" for each in STATES)

    @property
    def to_tell(self) -> tuple[ComplianceChange, ...]:
        """What is fixed, and what nobody accepted."""
        return tuple(
            each
            for each in self.changes
            if each.state == "fixed" or not each.acknowledged
        )


def compliance_of(
    change: Change, register: Register | None, *, today: date
) -> Compliance:
    """Check every template of both sides.

    Args:
        change: Both sides.
        register: What was acknowledged.
        today: Acknowledgements may have ended.
    """
    before, after = _templates(change.before), _templates(change.after)
    found = find_in([*before, *after])
    old, new = ({*_violations(each, found)} for each in (before, after))
    unchecked = [
        why for why in map(found.get, (*before, *after)) if isinstance(why, str)
    ]
    accepted = _accepted(register, change.after, today) if register else {}
    changes = [
        ComplianceChange(
            resource=each.path,
            rule=each.rule,
            meaning=each.meaning,
            state="fixed" if each not in new else "unchanged" if each in old else "new",
            acknowledged=accepted.get((each.rule, each.path), ""),
        )
        for each in old | new
    ]
    changes.sort(key=lambda each: (STATES.index(each.state), each.resource, each.rule))
    return Compliance(changes=tuple(changes), unchecked=tuple(dict.fromkeys(unchecked)))


def findings(compliance: Compliance, change: Change) -> Iterator[Finding]:
    """What is new and was never accepted.

    The rules read words, not meaning, and cry over changes that mean the same: so they
    are told and decide nothing here. The gate fails on what nobody acknowledged.
    """
    for each in compliance.changes:
        if each.state == "new" and not each.acknowledged:
            # NIST's rules name every control that they serve.
            says = each.meaning.partition(" - (Control IDs")[0].rstrip(".")
            yield Finding(
                rule="compliance-new",
                severity="low",
                resource=each.resource,
                message=f"`{each.rule}` is broken and nobody acknowledged it: {says}.",
            )
    for reason in compliance.unchecked:
        yield Finding(
            rule="compliance-unclear",
            severity="medium",
            resource=change.after.foundation.name,
            message=f"A template cannot be checked: {reason}.",
        )


def _templates(scene: Scene | None) -> list[Template]:
    stacks = scene.assembly.stacks if scene else ()
    return [(stack.name, json.dumps(stack.template)) for stack in stacks]


def _violations(
    templates: Iterable[Template], found: Mapping[Template, Found]
) -> Iterator[Violation]:
    for each in templates:
        violations = found[each]
        if not isinstance(violations, str):
            yield from violations


def _accepted(
    register: Register, scene: Scene, today: date
) -> Mapping[tuple[str, str], str]:
    """The reason of every acknowledgement that lasts, by rule and resource."""
    values = _values(scene)
    return {
        (rule, _resource(path)): _reason(entry)
        for entry in register.acknowledgements
        if entry.expires >= today
        for finding, scope in entry.pairs()
        for rule, path in filled(finding, scope, values)
    }


def _reason(entry: Acknowledgement) -> str:
    return f"{entry.reason} ({entry.owner}, until {entry.expires})"


def _resource(path: str) -> str:
    stack, _, construct = path.partition("/")
    return f"{stack}/{logical_id(construct)}"


def _values(scene: Scene) -> Values:
    place, perimeter = scene.place, scene.declared.perimeter
    return Values(
        environment={
            "account": place.account,
            "environment": scene.declared.name,
            "execution_roles": perimeter.execution_roles,
            "partition": place.partition,
            "region": place.region,
        },
        transforms=tuple(
            {
                "transform": each.name,
                **_named("inputs", "smoke_inputs", each.inputs),
                **_named("outputs", "captures", each.outputs),
            }
            for each in transforms_of(scene)
        ),
    )


def _named(first: str, second: str, prefixes: tuple[str, ...]) -> dict[str, str]:
    return dict(zip((first, second), prefixes, strict=False))
