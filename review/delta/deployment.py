"""How stacks are deployed, as the manifests say: with whose rights, and who is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from review.assembly import Stack
from review.change import Change
from review.findings import Finding
from review.scene import Scene

_ROLE = "cloudFormationExecutionRoleArn"
_TELLS_LITTLE = {"requiresBootstrapStackVersion", "tags"}
"""Properties that neither give rights nor say what is deployed."""


def findings(change: Change) -> Iterator[Finding]:
    """What differs; where nobody knows how a stack was deployed, what is unusual."""
    before = change.before.assembly.stacks if change.before else ()
    were = {stack.name: stack.deployment for stack in before}
    for stack in change.after.assembly.stacks:
        old, new = were.get(stack.name), stack.deployment
        if old and new is not None:
            yield from _changed(stack, old, new)
        elif new:
            yield from _unusual(stack, new, change.after)
    yield from _published(change)


def _changed(
    stack: Stack, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Finding]:
    for name in sorted(old.keys() | new.keys()):
        was, now = (_text(side.get(name)) for side in (old, new))
        if was != now:
            yield Finding(
                rule="deployment-changed",
                severity="low" if name in _TELLS_LITTLE else "medium",
                resource=stack.name,
                message=f"{stack.name} is deployed with {name} {now}, before this "
                f"change with {was}.",
            )


def _unusual(
    stack: Stack, deployment: Mapping[str, Any], scene: Scene
) -> Iterator[Finding]:
    """What CDK does not write of its own accord (AWS: Bootstrapping)."""
    found = {
        name: deployment[name]
        for name in ("notificationArns", "parameters")
        if deployment.get(name)
    }
    role = deployment.get(_ROLE)
    if _in_place(str(role), scene) not in scene.declared.perimeter.deployment_roles:
        found[_ROLE] = role
    for name, value in found.items():
        yield Finding(
            rule="deployment-unusual",
            severity="medium",
            resource=stack.name,
            message=f"{stack.name} is deployed with {name} {_text(value)}, which the "
            "environment's file does not ask for.",
        )


def _published(change: Change) -> Iterator[Finding]:
    """How templates and code get to where a deployment takes them from."""
    scene = change.after
    old = change.before.assembly.destinations if change.before else ()
    new = scene.assembly.destinations
    place = scene.foundation.name
    if old and new and old != new:
        yield Finding(
            rule="deployment-changed",
            severity="medium",
            resource=place,
            message=f"Templates and code are published to {' and '.join(new)}, before "
            f"this change to {' and '.join(old)}.",
        )
    for each in new if not old else ():
        if _in_place(each, scene) != _usual_destination(scene):
            yield Finding(
                rule="deployment-unusual",
                severity="medium",
                resource=place,
                message=f"Templates and code are published to {each}, which is not "
                "the bucket and the role of the environment's bootstrap.",
            )


def _usual_destination(scene: Scene) -> str:
    """What CDK writes (AWS: Bootstrapping), as JSON."""
    place = scene.place
    named, where = f"cdk-{scene.declared.qualifier}", f"{place.account}-{place.region}"
    role = f"{named}-file-publishing-role-{where}"
    return _text(
        {
            "assumeRoleArn": f"arn:{place.partition}:iam::{place.account}:role/{role}",
            "bucketName": f"{named}-assets-{where}",
            "region": place.region,
        }
    )


def _in_place(text: str, scene: Scene) -> str:
    """A text as the CLI fills it in."""
    place = scene.place
    for name, value in (
        ("Partition", place.partition),
        ("AccountId", place.account),
        ("Region", place.region),
    ):
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
