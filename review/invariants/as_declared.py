"""The promise that runs begin when the file of their transform says, and not else."""

from collections.abc import Iterator

from private_transform.environment import Runs
from private_transform.handlers.contract import ARRIVALS
from review.events import hears
from review.orders import machines_of
from review.plain import Resource
from review.scene import Scene, mappings_in
from review.schedules import is_always, schedules_of
from review.transforms import DeclaredTransform, transforms_of

from .invariant import Invariant, Violation


def _as_declared(scene: Scene) -> Iterator[Violation]:
    machines = {each.stack: each for each in machines_of(scene)}
    for transform in transforms_of(scene):
        machine, runs = machines.get(transform.stack), transform.runs
        if machine is not None and runs is not None:
            yield from _by_its_schedule(scene, machine, runs)
            yield from _over_its_uploads(scene, machine, transform, runs)
            yield from _told_what_began_them(scene, machine)
        elif machine is not None or runs is not None:
            has, says = ("one", "no") if runs is None else ("no", "its")
            yield Violation(
                resource=transform.stack if machine is None else machine.path,
                says=f"{transform.stack} has {has} state machine, and the file of "
                f"{transform.name} declares {says} runs.",
            )


def _by_its_schedule(
    scene: Scene, machine: Resource, runs: Runs
) -> Iterator[Violation]:
    schedules = list(schedules_of(scene, scene.estate.names(machine).arn))
    its = runs.schedule
    if its is None:
        when, agree = "by no schedule", not schedules
    else:
        when = f"at {its.expression} in {its.time_zone}, and by nothing else"
        agree = [
            is_always(each, its.expression, its.time_zone) for each in schedules
        ] == [True]
    if not agree:
        yield Violation(
            resource=(schedules[-1] if schedules else machine).path,
            says=f"The transform's file says that runs of {machine.path} begin {when}, "
            "and its schedules say something else.",
        )


def _over_its_uploads(
    scene: Scene, machine: Resource, transform: DeclaredTransform, runs: Runs
) -> Iterator[Violation]:
    arn, below = scene.estate.names(machine).arn, f"{ARRIVALS}{transform.name}/"
    upload = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": scene.named("ControlBucket")},
            "object": {"key": f"{below}list.json"},
        },
    }
    begun = sum(
        target.get("Arn") == arn
        for rule in scene.estate.of_type("AWS::Events::Rule")
        if hears(rule, upload)
        for target in mappings_in(rule, "Targets")
    )
    if begun != runs.on_arrival:
        yield Violation(
            resource=machine.path,
            says=f"An upload below {below} begins {begun} runs of {machine.path}, and "
            f"as the transform's file has it, {int(runs.on_arrival)}.",
        )


def _told_what_began_them(scene: Scene, machine: Resource) -> Iterator[Violation]:
    """A run that is told of another day, or list, is of that one each time."""
    arn = scene.estate.names(machine).arn
    began = (
        *(
            (each, each.properties["Target"], _SCHEDULED)
            for each in schedules_of(scene, arn)
        ),
        *(
            (rule, target, _UPLOADED)
            for rule in scene.estate.of_type("AWS::Events::Rule")
            for target in mappings_in(rule, "Targets")
            if target.get("Arn") == arn
        ),
    )
    for by, target, meant in began:
        if {key: target[key] for key in _TELL if key in target} != meant:
            yield Violation(
                resource=by.path,
                says=f"{by.path} tells runs of {machine.path} of something else than "
                "what began them.",
            )


_TELL = ("Input", "InputPath", "InputTransformer")
_SCHEDULED = {"Input": '{"scheduled": "<aws.scheduler.scheduled-time>"}'}
_UPLOADED = {
    "InputTransformer": {
        "InputPathsMap": {
            "key": "$.detail.object.key",
            "version": "$.detail.object.version-id",
            "at": "$.time",
        },
        "InputTemplate": '{"arrival": {"key": <key>, "version_id": <version>, '
        '"at": <at>}}',
    }
}
"""What runs are told (AWS: Adding context attributes in EventBridge Scheduler; Using
EventBridge with Amazon S3, Event structure)."""

AS_DECLARED = (
    Invariant(
        id="runs-declared",
        says="A transform has runs beside its deployments where its file says so, and "
        "they begin by the schedule and over the uploads that it names.",
        violations=_as_declared,
    ),
)
"""All of them."""
