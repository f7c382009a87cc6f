"""The promise that each end of a job and of a run reaches what tells people of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from private_transform.handlers.contract import ENDED, MODEL_TYPE
from review.events import hears
from review.orders import machines_of
from review.plain import Resource, is_true
from review.scene import Scene, mappings_in
from review.transforms import transforms_of

from .invariant import Invariant, Violation

HANDLER = "handlers.entry.on_state_change"
"""The handler that writes evidence of what ended, and announces it."""

_EXECUTIONS_END = ("ABORTED", "FAILED", "SUCCEEDED", "TIMED_OUT")
"""How executions end (AWS: Automating Step Functions event delivery with EventBridge).
"""

_AS_IT_IS = {"Arn", "DeadLetterConfig", "Id", "RetryPolicy"}
"""What a rule may say of a target which is told the whole event."""


def _heard(scene: Scene) -> Iterator[Violation]:
    yield from _named_by_their_transforms(scene)
    queues = set(_handled(scene))
    rules = [
        rule
        for rule in scene.estate.of_type("AWS::Events::Rule")
        for target in mappings_in(rule, "Targets")
        if target.get("Arn") in queues and target.keys() <= _AS_IT_IS
    ]
    for resource, ends in _ends(scene):
        unheard = [
            how
            for how, event in ends.items()
            if not any(hears(rule, event) for rule in rules)
        ]
        if unheard:
            yield Violation(
                resource=resource.path,
                says=f"Nobody is told where what {resource.path} runs ends as "
                f"{', '.join(unheard)}.",
            )


def _named_by_their_transforms(scene: Scene) -> Iterator[Violation]:
    """The handler knows by the name of a state machine whose run has ended."""
    names = {
        each.stack: f"{scene.declared.name}-{each.name}"
        for each in transforms_of(scene)
    }
    for machine in machines_of(scene):
        name = machine.properties.get("StateMachineName")
        meant = names.get(machine.stack)
        if name != meant:
            yield Violation(
                resource=machine.path,
                says=f"{machine.path} is called {name}, and ends of its runs are told "
                f"of by the name {meant}.",
            )


def _handled(scene: Scene) -> Iterator[Any]:
    """ARNs of the queues from which every event reaches the handler."""
    handlers = {
        name
        for each in scene.estate.of_type("AWS::Lambda::Function")
        if each.properties.get("Handler") == HANDLER
        for name in (scene.estate.names(each).reference, scene.estate.names(each).arn)
    }
    for source in scene.estate.of_type("AWS::Lambda::EventSourceMapping"):
        given = source.properties
        if (
            given.get("FunctionName") in handlers
            and is_true(given.get("Enabled", True))
            and "FilterCriteria" not in given
        ):
            yield given.get("EventSourceArn")


def _ends(scene: Scene) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """For each model and each state machine, an event of each way to end."""
    for model in scene.estate.of_type(MODEL_TYPE):
        given = model.properties
        name = f"{given.get('Environment')}-{given.get('Transform')}-0123456789abcdef"
        yield (
            model,
            {
                status: {
                    "source": "aws.sagemaker",
                    "detail-type": "SageMaker Transform Job State Change",
                    "detail": {"ModelName": name, "TransformJobStatus": status},
                }
                for status in ENDED
            },
        )
    for machine in machines_of(scene):
        arn = scene.estate.names(machine).arn
        yield (
            machine,
            {
                status: {
                    "source": "aws.states",
                    "detail-type": "Step Functions Execution Status Change",
                    "detail": {"stateMachineArn": arn, "status": status},
                }
                for status in _EXECUTIONS_END
            },
        )


HEARING = (
    Invariant(
        id="ends-heard",
        says="Each end of a job and of a run reaches the function that tells people "
        "of it.",
        violations=_heard,
    ),
)
"""All of them."""
