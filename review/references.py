"""What a template's resources refer to, and that nothing refers back to itself.

CloudFormation refuses a cycle (AWS: DependsOn attribute), so nobody would write one.
"""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

FUNCTIONS = {
    "Fn::GetAtt",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Ref",
}
"""Functions that a review evaluates."""

_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[^{}]*)?\}")


def cycle(resources: Mapping[str, Mapping[str, Any]]) -> str:
    """Logical ids that lead back to the first of them; empty if none do."""
    graph = {
        logical_id: set(_depends(body)) & resources.keys()
        for logical_id, body in resources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


def _depends(body: Mapping[str, Any]) -> Iterator[str]:
    needed = body.get("DependsOn", [])
    yield from map(str, needed if isinstance(needed, list) else [needed])
    yield from targets(body.get("Properties"))


def targets(value: Any) -> Iterator[str]:
    """Logical ids that a value refers to, as far as it is well formed."""
    if isinstance(value, list):
        for each in value:
            yield from targets(each)
    if not isinstance(value, dict):
        return
    for key, argument in value.items():
        if key == "Ref":
            yield str(argument)
        elif key == "Fn::GetAtt":
            names = argument if isinstance(argument, list) else [argument]
            yield from (str(each).partition(".")[0] for each in names[:1])
        elif key == "Fn::Sub":
            text = argument[0] if isinstance(argument, list) and argument else argument
            yield from _IN_TEXT.findall(str(text))
        yield from targets(argument)


def imports(value: Any) -> Iterator[str]:
    """Names under which other stacks export what a value is made of."""
    if isinstance(value, list):
        for each in value:
            yield from imports(each)
    elif isinstance(value, dict):
        for key, argument in value.items():
            if key == "Fn::ImportValue":
                yield str(argument)
            yield from imports(argument)


def functions(value: Any) -> Iterator[str]:
    """Names of the functions in a value."""
    if isinstance(value, list):
        for each in value:
            yield from functions(each)
    elif isinstance(value, dict):
        for key, argument in value.items():
            if key == "Ref" or key.startswith("Fn::"):
                yield key
            yield from functions(argument)
