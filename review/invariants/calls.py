"""Calls that a deployment makes, as CDK's custom resource for them writes them."""

import json
from collections.abc import Iterator
from typing import Any

from review.scene import Scene

from .invariant import Violation

_OF_A_CALL = {
    "action",
    "ignoreErrorCodesMatching",
    "outputPaths",
    "parameters",
    "physicalResourceId",
    "service",
}


_NOT_THERE = "InvalidPermission.NotFound"
"""The only error that may be passed over: what is to go is gone already."""


def calls_open_nothing(scene: Scene) -> Iterator[Violation]:
    """What a deployment calls, no template shows otherwise."""
    for each in scene.estate.of_type("Custom::AWS"):
        for moment in ("Create", "Update", "Delete"):
            if moment not in each.properties:
                continue
            action, _ = called(each.properties[moment])
            if not action.startswith(("Describe", "RevokeSecurityGroup")):
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} makes a call at deployment that may open the "
                    f"network: {action or 'nobody can tell which'}.",
                )


def called(text: Any) -> tuple[str, Any]:
    """What a call does in this region; nothing is known of one that says more."""
    try:
        call = json.loads(text)
        found = str(call["action"]), call["parameters"]
    except (KeyError, TypeError, ValueError):
        return "", None
    is_plain = (
        call.keys() <= _OF_A_CALL
        and call.get("service") == "EC2"
        and call.get("ignoreErrorCodesMatching", _NOT_THERE) == _NOT_THERE
    )
    return found if is_plain else ("", None)
