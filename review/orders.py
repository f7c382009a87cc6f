"""What jobs a template orders: those of deployments and those of state machines."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from private_transform.handlers.contract import JOB_TYPE

from .plain import Resource, listed, variables_of
from .scene import Scene, UnclearError

_FRAMEWORK = "framework."
PROVIDER = f"{_FRAMEWORK}onEvent"
"""The handler of CDK's provider framework, which calls the launcher."""

_STARTS_RUNS = "handlers.entry.run"
"""The handler to which a state machine passes its order."""

_LAUNCHES = {"handlers.entry.is_complete", "handlers.entry.on_event", _STARTS_RUNS}

_MACHINE = "AWS::StepFunctions::StateMachine"

_BESIDE = {"DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions"}
"""Properties that say what a state machine runs, beside its definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrder:
    """One order: the launcher starts what it says.

    Args:
        resource: What carries it.
        given: What it says.
    """

    resource: Resource
    given: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Of the resource."""
        return self.resource.path

    @property
    def request(self) -> Mapping[str, Any]:
        """The CreateTransformJob request.

        Raises:
            UnclearError: There is none.
        """
        request = self.given.get("Request")
        if not isinstance(request, dict):
            raise UnclearError(f"{self.path} has no Request that can be read")
        return request

    @property
    def resources(self) -> Iterator[Mapping[str, Any]]:
        """What the job may run on, in the order in which that is tried.

        Raises:
            UnclearError: Something else is among them.
        """
        given = self.request.get("TransformResources", {})
        for each in (given, *listed(self.given.get("Fallbacks", []))):
            if not isinstance(each, dict):
                raise UnclearError(f"{self.path} has Fallbacks that cannot be read")
            yield each


def orders_of(scene: Scene) -> Iterator[JobOrder]:
    """Every order of one side.

    Raises:
        UnclearError: A state machine passes on what nobody can read here.
    """
    for each in scene.estate.of_type(JOB_TYPE):
        yield JobOrder(resource=each, given=each.properties)
    for each in machines_of(scene):
        yield JobOrder(resource=each, given=order_in(scene, each))


def machines_of(scene: Scene) -> Iterator[Resource]:
    """The state machines that start jobs: all but what waits for deployments."""
    waiting = [
        value
        for each in scene.estate.of_type("AWS::Lambda::Function")
        if each.properties.get("Handler") == PROVIDER
        for value in variables_of(each).values()
    ]
    for machine in scene.estate.of_type(_MACHINE):
        if scene.estate.names(machine).arn not in waiting:
            yield machine


def launchers_of(scene: Scene) -> Iterator[Resource]:
    """The functions that start what they are told: of deployments and of runs."""
    for each in scene.estate.of_type("AWS::Lambda::Function"):
        handler = str(each.properties.get("Handler"))
        if handler in _LAUNCHES or handler.startswith(_FRAMEWORK):
            yield each


def order_in(scene: Scene, machine: Resource) -> Mapping[str, Any]:
    """What its first state says; every other one has to pass that on.

    Raises:
        UnclearError: It cannot be read, or is not all that the machine runs.
    """
    definition = machine.properties.get("Definition")
    if machine.properties.keys() & _BESIDE:
        raise UnclearError(f"{machine.path} is defined elsewhere, or in parts")
    match definition:
        case {"StartAt": str(start), "States": dict(states), **more} if more.keys() <= {
            "Comment",
            "TimeoutSeconds",
        }:
            first = states.get(start)
        case _:
            raise UnclearError(f"{machine.path} has no Definition that can be read")
    match first:
        case {"Type": "Pass", "Result": {"Order": dict(order)}, **more} if (
            more.keys() <= {"Comment", "Next"}
        ):
            pass
        case _:
            raise UnclearError(f"{machine.path} does not begin with its order")
    functions = {
        scene.estate.names(each).arn
        for each in scene.estate.of_type("AWS::Lambda::Function")
        if each.properties.get("Handler") == _STARTS_RUNS
    }
    others = (each for each in states.values() if each is not first)
    control = scene.named("ControlBucket")
    if not all(_passes_on(each, functions, control) for each in others):
        raise UnclearError(f"{machine.path} runs something else than its order")
    return order


def _passes_on(state: Any, functions: Collection[str], control: str) -> bool:
    """Whether a state leaves the order as it is, and calls with nothing else."""
    match state:
        case {"Type": "Map"}:
            return _is_of_shards(state, functions, control)
        case {"Type": "Choice" | "Wait" | "Succeed" | "Fail"}:
            return not state.keys() & {"InputPath", "Assign", "QueryLanguage"} and (
                state["Type"] == "Succeed" or "OutputPath" not in state
            )
        case {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": payload, **others},
            "ResultPath": "$.Run",
        }:
            known = {
                *("Type", "Resource", "Parameters", "ResultPath", "ResultSelector"),
                *("Next", "Retry", "Comment", "TimeoutSeconds"),
            }
            return (
                function in functions
                and payload in (_PASSED_ON, {**_PASSED_ON, "ShardsEnded": True})
                and not others
                and state.keys() <= known
            )
    return False


def _is_of_shards(
    state: Mapping[str, Any], functions: Collection[str], control: str
) -> bool:
    """Whether a Map Run gives each shard the order, and what the launcher listed."""
    match state:
        case {
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": bucket, "Key.$": "$.Run.Shards"},
            },
            "ItemSelector": selected,
            "ItemProcessor": {"States": dict(states), "StartAt": _, **processor},
            "ResultPath": "$.Answers",
            **more,
        } if processor.keys() <= {"ProcessorConfig"}:
            known = {
                *("Type", "Label", "Comment", "Next"),
                *("MaxConcurrency", "ToleratedFailurePercentage"),
            }
            ends = (each for each in states.values() if each != _DONE)
            return (
                bucket == control
                and selected == _SELECTED
                and more.keys() <= known
                and all(_passes_on(each, functions, control) for each in ends)
            )
    return False


_SELECTED = {"Order.$": "$.Order", "shard.$": "$$.Map.Item.Value"}
"""What each shard is begun with."""

_DONE = {"Type": "Pass", "Result": "done", "End": True}
"""The end of a shard."""

_PASSED_ON = {"Execution.$": "$$.Execution", "Order.$": "$.Order"}
"""With what the launcher is called."""
