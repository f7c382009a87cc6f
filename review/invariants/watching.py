"""The promise that jobs which last too long are found and stopped."""

import re
from collections.abc import Iterator
from dataclasses import replace

from private_transform.handlers.contract import MODEL_TYPE
from review.identity import rights_of
from review.orders import orders_of
from review.plain import Resource
from review.scene import Scene
from review.schedules import is_always, schedules_of

from .context import by_role
from .invariant import Invariant, Violation
from .launching import to_stop
from .passing import Question, allowed

_WATCHES = "handlers.entry.watch"
"""The handler that looks at the jobs that run."""

_OFTEN = re.compile(r"rate\((1 (minute|hour)|([2-9]|[1-5][0-9]|60) minutes)\)")
"""Once an hour and more: hours are what the limit counts."""


def _watched(scene: Scene) -> Iterator[Violation]:
    watches = [
        each
        for each in scene.estate.of_type("AWS::Lambda::Function")
        if each.properties.get("Handler") == _WATCHES
    ]
    # A foundation that is reviewed alone has no jobs.
    if not watches and any(scene.estate.of_type(MODEL_TYPE)):
        yield Violation(
            resource=scene.foundation.name,
            says="Nothing looks at jobs that last too long.",
        )
    for watch in watches:
        yield from _called(scene, watch)
        yield from _allowed(scene, watch)


def _called(scene: Scene, watch: Resource) -> Iterator[Violation]:
    for each in schedules_of(scene, scene.estate.names(watch).arn):
        expression = str(each.properties.get("ScheduleExpression"))
        zone = str(each.properties.get("ScheduleExpressionTimezone", "UTC"))
        if _OFTEN.fullmatch(expression) and is_always(each, expression, zone):
            return
    yield Violation(
        resource=watch.path,
        says=f"No schedule calls {watch.path} at least once an hour, for as long as "
        "there are jobs.",
    )


def _allowed(scene: Scene, watch: Resource) -> Iterator[Violation]:
    role = scene.resource("AWS::IAM::Role", str(watch.properties.get("Role")))
    who, rights = scene.estate.names(role).arn, rights_of(scene, role)
    calls = (
        Question(does="sagemaker:ListTransformJobs", at="*", told={}),
        *(to_stop(scene, job) for job in orders_of(scene)),
    )
    told = by_role(scene, who)
    for each in calls:
        question = replace(each, told={**told, **each.told})
        if not allowed(scene, question, rights):
            yield Violation(
                resource=role.path,
                says=f"{watch.path} needs to call {question.does} on {question.at}, "
                f"and the policy of {role.path} refuses it.",
            )


WATCHING = (
    Invariant(
        id="jobs-watched",
        says="Jobs that last longer than the environment's file allows are looked for "
        "and stopped.",
        violations=_watched,
    ),
)
"""All of them."""
