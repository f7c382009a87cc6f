"""The promise that functions are told what the environment's file says.

A function that is told of another bucket, topic or limit does its work for that one.
"""

from collections.abc import Iterator

from review.plain import variables_of
from review.scene import Scene

from .invariant import Invariant, Violation

_KNOWS = {
    "handlers.entry.is_complete": ("CONTROL_BUCKET",),
    "handlers.entry.on_event": ("CONTROL_BUCKET",),
    "handlers.entry.on_state_change": ("CONTROL_BUCKET", "ENVIRONMENT", "TOPIC_ARN"),
    "handlers.entry.run": ("CONTROL_BUCKET",),
    "handlers.entry.watch": ("CONTROL_BUCKET", "ENVIRONMENT", "MAX_RUNTIME_IN_HOURS"),
}
"""The variables that each handler reads."""


def _told(scene: Scene) -> Iterator[Violation]:
    hours = scene.declared.limits.max_runtime_in_hours
    topics = scene.estate.of_type("AWS::SNS::Topic")
    meant = {
        "CONTROL_BUCKET": [scene.named("ControlBucket")],
        "ENVIRONMENT": [scene.declared.name],
        "MAX_RUNTIME_IN_HOURS": [str(hours)],
        "TOPIC_ARN": [scene.estate.names(each).arn for each in topics],
    }
    for function in scene.estate.of_type("AWS::Lambda::Function"):
        given = variables_of(function)
        for name in _KNOWS.get(str(function.properties.get("Handler")), ()):
            if given.get(name) not in meant[name]:
                yield Violation(
                    resource=function.path,
                    says=f"{function.path} is told that {name} is {given.get(name)}, "
                    f"and not {' or '.join(meant[name])}.",
                )


TOLD = (
    Invariant(
        id="functions-told",
        says="Functions are told of this environment's name, bucket, topic and limit.",
        violations=_told,
    ),
)
"""All of them."""
