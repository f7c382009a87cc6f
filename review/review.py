"""One review: every section, made once, for all forms in which it is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from .assembly import Assembly
from .bad_input import BadInputError
from .change import Change
from .delta import (
    access,
    code,
    compliance,
    data,
    deployment,
    inventory,
    jobs,
    leaves,
    network,
    register,
    runs,
    settings,
)
from .delta.access import AccessChange, access_changes
from .delta.code import CodeChange, code_changes
from .delta.compliance import Compliance, compliance_of
from .delta.jobs import JobEffect, job_effects
from .delta.leaves import LeaveChange, leave_changes
from .delta.network import NetworkChange, network_changes
from .delta.register import RegisterChange, Registers, register_changes
from .effective.effective import EffectiveAccess, effective_access
from .findings import SEVERITIES, Finding, Severity
from .invariants.all import INVARIANTS
from .invariants.invariant import Answer, Invariant
from .invented import shown
from .prices import Prices
from .proof.patience import patience
from .replacement import Replacement, replacements
from .scene import Scene, scene_of

FailOn = Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One invariant on both sides.

    Args:
        invariant: The invariant.
        before: None where everything is created.
        after: What it will be.
    """

    invariant: Invariant
    before: Answer | None
    after: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that is known of a change.

    Args:
        change: Both sides.
        leaves: The declared exceptions.
        promises: The invariants.
        access: Policies that changed.
        effective: What they come to, all together.
        replaced: Resources that are made anew.
        jobs: What runs.
        code: Code that changed.
        network: What changed in the network.
        compliance: What public rule packs find.
        register: What became of the register of accepted findings.
        findings: What to look at, the most urgent first.
    """

    change: Change
    leaves: tuple[LeaveChange, ...]
    promises: tuple[Promise, ...]
    access: tuple[AccessChange, ...]
    effective: tuple[EffectiveAccess, ...]
    replaced: tuple[Replacement, ...]
    jobs: tuple[JobEffect, ...]
    code: tuple[CodeChange, ...]
    network: tuple[NetworkChange, ...]
    compliance: Compliance
    register: tuple[RegisterChange, ...]
    findings: tuple[Finding, ...]

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """What could not be looked at, on either side."""
        sides = [self.change.before, self.change.after]
        return tuple(
            sorted({spot for side in sides if side for spot in side.blind_spots})
        )

    def blocks(self, fail_on: FailOn) -> bool:
        """Whether something is at least so urgent."""
        if fail_on is None:
            return False
        urgent = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        return any(each.severity in urgent for each in self.findings)


def review(
    before: Assembly | None,
    after: Assembly,
    *,
    today: date,
    deployed: Assembly | None = None,
    registers: Registers | None = None,
    prices: Prices | None = None,
) -> Review:
    """Review a change, or the creation of an environment.

    Args:
        before: What is deployed; None if nothing is.
        after: What is to be deployed.
        today: Exceptions may have ended.
        deployed: What a snapshot says is deployed, if there is one.
        registers: Of accepted findings; without one, nothing is accepted.
        prices: Of instances; without them, nothing is said of cost.

    Raises:
        BadInputError: A side is not the assembly of one environment, or each is that
            of another one.
    """
    change = Change(
        before=None if before is None else scene_of(before), after=scene_of(after)
    )
    _same_environment(change)
    registers = registers or Registers()
    # Public rules are checked outside of Python, beside the proofs.
    with ThreadPoolExecutor(max_workers=1) as beside, patience():
        checked = beside.submit(compliance_of, change, registers.after, today=today)
        promises = [_promise(each, change) for each in INVARIANTS]
        policies = list(access_changes(change))
        possible = effective_access(change)
    broken_rules = checked.result()
    exceptions = leave_changes(change)
    replaced = replacements(change)
    effects = job_effects(change, prices)
    sources = code_changes(change)
    routes = network_changes(change)
    accepted = register_changes(registers)
    scheduled = list(runs.findings(change, prices))
    found = {
        *_not_deployed(before, deployed),
        *_broken(promises, change.after),
        *leaves.findings(exceptions, change, today=today),
        *access.findings(policies, change),
        *data.findings(change, replaced),
        *deployment.findings(change),
        *jobs.findings(effects, change),
        *code.findings(sources, change),
        *network.findings(routes, change),
        *register.findings(accepted),
        *scheduled,
        *settings.findings(change, {each.resource for each in scheduled}),
    }
    found |= {*inventory.findings(change, {each.resource for each in found})}
    found |= {*compliance.findings(broken_rules, change)}
    return Review(
        change=change,
        leaves=tuple(exceptions),
        promises=tuple(map(shown, promises)),
        access=tuple(map(shown, policies)),
        effective=tuple(map(shown, possible)),
        replaced=tuple(replaced),
        jobs=tuple(map(shown, effects)),
        code=tuple(sources),
        network=tuple(routes),
        compliance=broken_rules,
        register=tuple(accepted),
        findings=tuple(sorted(set(map(shown, found)), key=lambda each: each.order)),
    )


def _same_environment(change: Change) -> None:
    if change.before is None:
        return
    old, new = (
        f"{scene.declared.name} in {scene.place.account} {scene.place.region}"
        for scene in (change.before, change.after)
    )
    if old != new:
        raise BadInputError(
            str(change.after.foundation.file),
            f"OLD is the environment {old}, and NEW is {new}.",
            "Compare two assemblies of one environment, or review NEW alone.",
        )


def _not_deployed(
    before: Assembly | None, deployed: Assembly | None
) -> Iterator[Finding]:
    """Where the change does not begin at what is deployed, it ends elsewhere too."""
    if deployed is None or before is None:
        return
    was = {stack.name: stack.template for stack in before.stacks}
    now = {stack.name: stack.template for stack in deployed.stacks}
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield Finding(
                rule="base-not-deployed",
                severity="medium",
                resource=name,
                message=f"What this review compares with is not what the snapshot "
                f"says is deployed of {name}.",
            )


def _promise(invariant: Invariant, change: Change) -> Promise:
    return Promise(
        invariant=invariant,
        before=None if change.before is None else invariant.answer(change.before),
        after=invariant.answer(change.after),
    )


def _broken(promises: list[Promise], scene: Scene) -> list[Finding]:
    found = []
    for promise in promises:
        answer, rule = promise.after, f"promise-{promise.invariant.id}"
        if answer.status == "UNKNOWN":
            found.append(
                Finding(
                    rule=rule,
                    severity="high",
                    resource=scene.foundation.name,
                    message=f"Nobody can tell whether it holds that: "
                    f"{promise.invariant.says} Because {answer.why}.",
                )
            )
        found += [
            Finding(
                rule=rule,
                severity="high",
                resource=violation.resource,
                message=violation.says,
            )
            for violation in answer.violations
        ]
    return found
