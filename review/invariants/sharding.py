"""The promise that runs in shards are as the file of their transform says."""

from collections.abc import Iterator, Mapping
from typing import Any

from review.identity import rights_of
from review.orders import machines_of, order_in
from review.plain import Resource, listed
from review.scene import Scene
from review.transforms import DeclaredTransform, transforms_of

from .context import at_bucket, by_role
from .invariant import Invariant, Violation
from .passing import Question, allowed


def _sharded(scene: Scene) -> Iterator[Violation]:
    machines = {each.stack: each for each in machines_of(scene)}
    for transform in transforms_of(scene):
        machine = machines.get(transform.stack)
        if machine is None or transform.runs is None:
            continue
        yield from _as_the_file_says(scene, machine, transform)
        if transform.runs.shards is not None:
            yield from _may_begin(scene, machine, transform)


def _as_the_file_says(
    scene: Scene, machine: Resource, transform: DeclaredTransform
) -> Iterator[Violation]:
    shards = transform.runs.shards if transform.runs else None
    runs = order_in(scene, machine).get("Runs")
    given = [
        (
            runs.get("Shards") if isinstance(runs, dict) else None,
            each.get("MaxConcurrency"),
            each.get("ToleratedFailurePercentage"),
        )
        for each in _maps(machine)
    ]
    wanted = [(shards.manifest, shards.max_concurrency, 100)] if shards else []
    if given != wanted:
        yield Violation(
            resource=machine.path,
            says=f"{machine.path} runs shards otherwise than the file of "
            f"{transform.name} says: which list, how many at once, and on when one "
            "fails.",
        )


def _maps(machine: Resource) -> Iterator[Mapping[str, Any]]:
    definition = machine.properties.get("Definition")
    states = definition.get("States") if isinstance(definition, dict) else None
    for each in states.values() if isinstance(states, dict) else ():
        if isinstance(each, dict) and each.get("Type") == "Map":
            yield each


def _may_begin(
    scene: Scene, machine: Resource, transform: DeclaredTransform
) -> Iterator[Violation]:
    """AWS: IAM policies for using Distributed Map states."""
    (arn,) = listed(machine.properties.get("RoleArn"))
    role = scene.resource("AWS::IAM::Role", str(arn))
    rights = rights_of(scene, role)
    who, control = scene.estate.names(role).arn, scene.bucket_arn("control")
    begun = scene.estate.names(machine).arn.replace(":stateMachine:", ":execution:")
    for question in (
        Question(
            does="states:StartExecution",
            at=scene.estate.names(machine).arn,
            told=by_role(scene, who),
        ),
        *(
            Question(does=each, at=f"{begun}/Shards:0", told=by_role(scene, who))
            for each in ("states:DescribeExecution", "states:StopExecution")
        ),
        Question(
            does="s3:GetObject",
            at=f"{control}/",
            below=f"manifests/{transform.name}/shards/",
            told=at_bucket(scene, who, inside=False),
        ),
    ):
        if not allowed(scene, question, rights):
            yield Violation(
                resource=role.path,
                says=f"{machine.path} needs to call {question.does} for its shards, "
                f"and the policy of {role.path} refuses it.",
            )


SHARDING = (
    Invariant(
        id="runs-sharded",
        says="Runs in shards are of the list that the file names, as many at once, and "
        "their state machine may begin them.",
        violations=_sharded,
    ),
)
"""All of them."""
