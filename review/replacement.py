"""Which resources CloudFormation replaces, and which of them drag others along."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cloudformation_validate

from compliance.engine import engine

from .change import Change
from .plain import Resource
from .references import imports, targets
from .scene import Scene

_RULE = "I9001"
"""The validator's rule that names the create-only properties of a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One resource that is made anew because of itself.

    Args:
        resource: Which.
        property: What cannot be changed in place.
        cascade: Paths of those that are replaced only because of it.
    """

    resource: Resource
    property: str
    cascade: tuple[str, ...]


def replacements(change: Change) -> list[Replacement]:
    """Every root of a replacement, with its cascade."""
    changed = {new.path for old, new in change.kept() if _is_changed(old, new)}
    users = dict(_users(change.after))
    create_only = _create_only_of(change, _with_users(changed, users))
    differing = {
        new.path: name
        for old, new in change.kept()
        if (name := _differing(old, new, create_only.get(new.path, set())))
    }
    # What is written as before and means something else follows another resource.
    roots = {
        path: name
        for path, name in differing.items()
        if _written(change.old[path], name) != _written(change.new[path], name)
    }
    because = _cascade(change, users, create_only, set(roots))
    for path, name in differing.items():
        if path not in because:
            roots.setdefault(path, name)
    return [
        Replacement(
            resource=change.new[path],
            property=name,
            cascade=tuple(sorted(p for p, root in because.items() if root == path)),
        )
        for path, name in sorted(roots.items())
    ]


def _is_changed(old: Resource, new: Resource) -> bool:
    return (old.type, old.properties) != (new.type, new.properties)


def _with_users(
    paths: set[str], users: Mapping[str, Mapping[str, set[str]]]
) -> set[str]:
    """Some resources, what refers to them, what refers to that, and so on."""
    found, new = set(paths), set(paths)
    while new:
        new = {
            path
            for path, used in users.items()
            if path not in found and any(needed & new for needed in used.values())
        }
        found |= new
    return found


def _differing(old: Resource, new: Resource, create_only: set[str]) -> str | None:
    """The first property that differs and cannot be changed in place."""
    if old.type != new.type:
        return "Type"
    for name in sorted(create_only):
        if old.properties.get(name) != new.properties.get(name):
            return name
    return None


def _written(resource: Resource, name: str) -> Any:
    """A property, or the type, as the template has it."""
    return resource.body.get("Properties", {}).get(name, resource.type)


def _cascade(
    change: Change,
    users: Mapping[str, Mapping[str, set[str]]],
    create_only: Mapping[str, set[str]],
    roots: set[str],
) -> dict[str, str]:
    """Replaced resources by path, with the root that each goes back to."""
    because = {path: path for path in roots}
    grown = True
    while grown:
        grown = False
        for path, used in users.items():
            if path in because or path not in change.old:
                continue
            for name, needed in used.items():
                hit = sorted(needed & because.keys())
                if hit and name in create_only.get(path, ()):
                    because[path] = because[hit[0]]
                    grown = True
                    break
    return {path: root for path, root in because.items() if path not in roots}


def _users(scene: Scene) -> Iterator[tuple[str, dict[str, set[str]]]]:
    """For each resource, what each of its properties refers to."""
    exports = dict(_exports(scene))
    for each in scene.estate.resources:
        properties = each.body.get("Properties", {})
        yield (
            each.path,
            {
                name: {
                    exports.get(target, target)
                    for target in _targets(each.stack, value)
                }
                for name, value in properties.items()
            },
        )


def _exports(scene: Scene) -> Iterator[tuple[str, str]]:
    """The path of what each exported name refers to."""
    for stack in scene.assembly.stacks:
        for output in stack.template.get("Outputs", {}).values():
            export = output.get("Export") if isinstance(output, dict) else None
            if isinstance(export, dict):
                for target in _targets(stack.name, output.get("Value")):
                    yield f"import {export.get('Name')}", target


def _targets(stack: str, value: Any) -> Iterator[str]:
    yield from (f"{stack}/{each}" for each in targets(value))
    yield from (f"import {each}" for each in imports(value))


def _create_only_of(change: Change, paths: set[str]) -> dict[str, set[str]]:
    """The properties of some resources that cannot be changed in place."""
    found: dict[str, set[str]] = {}
    for stack in change.after.assembly.stacks:
        asked = {
            logical_id: {
                "Type": body["Type"],
                # To leave one out is a change too.
                "Properties": {
                    **_properties(change.old.get(f"{stack.name}/{logical_id}")),
                    **body.get("Properties", {}),
                },
            }
            for logical_id, body in stack.resources.items()
            if f"{stack.name}/{logical_id}" in paths
        }
        for logical_id, name in _create_only(asked) if asked else ():
            found.setdefault(f"{stack.name}/{logical_id}", set()).add(name)
    return found


def _properties(resource: Resource | None) -> Mapping[str, Any]:
    found = {} if resource is None else resource.body.get("Properties", {})
    return found if isinstance(found, dict) else {}


def _create_only(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rules = cloudformation_validate.RuleFilterConfig(ids=[_RULE])
    config = cloudformation_validate.ValidateConfig(
        include=rules, severity_level=cloudformation_validate.Severity.INFO
    )
    content = cloudformation_validate.TemplateContent(
        json.dumps({"Resources": resources})
    )
    try:
        report = engine().validate_template(content, config)
    except cloudformation_validate.ValidationError:
        return  # That it cannot be read is told where public rules are checked.
    for each in report.diagnostics:
        if each.rule_id == _RULE:
            yield each.entity.logical_id, each.property_path.split(".")[1]
