"""Runs that begin by a schedule: which come, which go, and which begin at other times.

Nobody starts these, so what they cost is told before the first of them begins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.change import Change
from review.findings import Finding
from review.orders import order_in
from review.plain import Resource
from review.prices import Prices
from review.scene import Scene, UnclearError

from .jobs import machines_in

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

    def machines(self, prices: Prices | None) -> str:
        """What each run has, and costs at most."""
        try:
            order = order_in(self.scene, self.machine)
        except UnclearError:
            return "machines that nobody can tell"
        return machines_in(order, prices, self.scene.place.region)


def findings(change: Change, prices: Prices | None = None) -> Iterator[Finding]:
    """Every schedule of runs that differs.

    Args:
        change: Both sides.
        prices: Of instances; without them, nothing is said of cost.
    """
    old, new = _scheduled(change.before), _scheduled(change.after)
    for path, each in sorted(new.items()):
        was = old.get(path)
        runs = f"runs of {each.machine.path}"
        on = f"each on {each.machines(prices)}"
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
