"""The promise about what begins runs, and that nothing begins one past its order."""

from collections.abc import Iterator

from private_transform.handlers.contract import ARRIVALS
from review.orders import launchers_of, machines_of
from review.plain import Resource, spelled
from review.scene import Scene, mappings_in
from review.transforms import transforms_of

from .invariant import Invariant, Violation

_CALLS = (
    "AWS::Events::Rule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::SNS::Subscription",
    "AWS::Scheduler::Schedule",
    "Custom::AWS",
)
"""Types that call a function, or let it be called, with what they are given."""


def _begun(scene: Scene) -> Iterator[Violation]:
    machines = {scene.estate.names(each).arn: each for each in machines_of(scene)}
    uploads = {each.stack: f"{ARRIVALS}{each.name}/" for each in transforms_of(scene)}
    for rule in scene.estate.of_type("AWS::Events::Rule"):
        for target in mappings_in(rule, "Targets"):
            machine = machines.get(str(target.get("Arn")))
            if machine is None:
                continue
            below = uploads.get(machine.stack)
            if below is None or not _is_of_uploads(scene, rule, below):
                yield Violation(
                    resource=rule.path,
                    says=f"{rule.path} begins runs of {machine.path} by more than "
                    f"uploads below {below} of the control bucket.",
                )
    names = [scene.estate.names(each).name for each in launchers_of(scene)]
    for each in scene.estate.of_type(*_CALLS):
        told = spelled(each.properties)
        if any(name in told for name in names):
            yield Violation(
                resource=each.path,
                says=f"{each.path} may call what starts jobs, with an order that "
                "nothing here looks at.",
            )


def _is_of_uploads(scene: Scene, rule: Resource, below: str) -> bool:
    """Whether a rule hears of nothing else; what else it asks for only narrows it."""
    given = rule.properties
    if (
        "ScheduleExpression" in given
        or given.get("EventBusName", "default") != "default"
    ):
        return False
    match given.get("EventPattern"):
        case {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": {"name": [bucket]},
                "object": {"key": [_, *_] as keys},
            },
        }:
            is_below = all(
                isinstance(key, dict) and str(key.get("prefix")).startswith(below)
                for key in keys
            )
            return is_below and bool(bucket == scene.named("ControlBucket"))
    return False


BEGINNING = (
    Invariant(
        id="runs-begun",
        says="Runs begin by schedules, by people, and by uploads for their transform, "
        "and nothing starts a job past a deployment's or a state machine's order.",
        violations=_begun,
    ),
)
"""All of them."""
