"""Runs beside deployments: when schedules begin them, and what their jobs have.

Nobody looks at these when they start, so what they cost is told before the first of
them begins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.change import Change
from review.findings import Finding
from review.orders import JobOrder, machines_of, order_in
from review.plain import Resource
from review.prices import Prices
from review.scene import Scene, UnclearError

from .jobs import differing, machines_in

TIMES = ("ScheduleExpression", "ScheduleExpressionTimezone", "State")
"""Properties of a schedule whose differences are told here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheduled:
    """A schedule that is on, and the state machine that it starts.

    Args:
        schedule: The schedule.
        machine: The state machine.
        scene: Their side.
    """

    schedule: Resource
    machine: Resource
    scene: Scene

    @property
    def when(self) -> str:
        """When runs begin, and what that means."""
        its = self.schedule.properties
        zone = its.get("ScheduleExpressionTimezone", "UTC")
        return f"{its.get('ScheduleExpression')} in {zone}"


def findings(change: Change, prices: Prices | None = None) -> Iterator[Finding]:
    """Every schedule of runs that differs, and every order.

    Args:
        change: Both sides.
        prices: Of instances; without them, nothing is said of cost.
    """
    yield from _ordered(change, prices)
    yield from _begun(change, prices)


def _ordered(change: Change, prices: Prices | None) -> Iterator[Finding]:
    """What the next run of a state machine has that its last one had not."""
    if change.before is None:
        return
    before = {each.path: each for each in machines_of(change.before)}
    for new in machines_of(change.after):
        old = before.get(new.path)
        if old is None:
            continue
        names = differing(_order(change.before, old), _order(change.after, new))
        was = _machines(change.before, old, prices)
        on = _machines(change.after, new, prices)
        if names:
            yield Finding(
                rule="runs-changed",
                # A run only notes by which policies it was guarded.
                severity="low" if names == "Policies" else "medium",
                resource=new.path,
                message=f"The next run of {new.path} differs in {names}: it is on {on}"
                f"{'' if on == was else f', before this change on {was}'}.",
            )


def _order(scene: Scene, machine: Resource) -> Mapping[str, Any]:
    """What a state machine orders and what it requests, side by side."""
    try:
        order = JobOrder(resource=machine, given=order_in(scene, machine))
        return {**order.given, "Request": None, **order.request}
    except UnclearError:
        return {}


def _machines(scene: Scene, machine: Resource, prices: Prices | None) -> str:
    """What each run has, and costs at most."""
    try:
        order = order_in(scene, machine)
    except UnclearError:
        return "machines that nobody can tell"
    return machines_in(order, prices, scene.place.region)


def _begun(change: Change, prices: Prices | None) -> Iterator[Finding]:
    old, new = _scheduled(change.before), _scheduled(change.after)
    for path, each in sorted(new.items()):
        was = old.get(path)
        runs = f"runs of {each.machine.path}"
        on = f"each on {_machines(each.scene, each.machine, prices)}"
        if was is None:
            yield Finding(
                rule="runs-scheduled",
                severity="medium",
                resource=path,
                message=f"{path} begins {runs} at {each.when}, {on}.",
            )
        elif was.when != each.when:
            yield Finding(
                rule="runs-rescheduled",
                severity="medium",
                resource=path,
                message=f"{path} begins {runs} at {each.when}, before this change at "
                f"{was.when}, {on}.",
            )
    # What leaves the assembly with its stack goes on as it is.
    stacks = {each.name for each in change.after.assembly.stacks}
    for path, was in sorted(old.items()):
        if path not in new and was.schedule.stack in stacks:
            yield Finding(
                rule="runs-unscheduled",
                # No file of the environment switches a schedule off.
                severity="medium" if path in change.new else "low",
                resource=path,
                message=f"{path} begins no runs of {was.machine.path} any more, before "
                f"this change at {was.when}.",
            )


def _scheduled(scene: Scene | None) -> Mapping[str, _Scheduled]:
    """The schedules that start state machines, by their paths."""
    if scene is None:
        return {}
    machines = {
        scene.estate.names(each).arn: each
        for each in scene.estate.of_type("AWS::StepFunctions::StateMachine")
    }
    found = {}
    for each in scene.estate.of_type("AWS::Scheduler::Schedule"):
        target = each.properties.get("Target")
        arn = str(target.get("Arn")) if isinstance(target, dict) else ""
        if arn in machines and each.properties.get("State") != "DISABLED":
            found[each.path] = _Scheduled(
                schedule=each, machine=machines[arn], scene=scene
            )
    return found
