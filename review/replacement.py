"""Which resources CloudFormation replaces, and which of them drag others along."""

import json
from collections.abc import Collection, Iterator, Mapping
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
        if (name := _differing(old, new, create_only.get(new.path, ())))
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


def _differing(
    old: Resource, new: Resource, create_only: Collection[str]
) -> str | None:
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
    create_only: Mapping[str, Collection[str]],
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


def _create_only_of(change: Change, paths: set[str]) -> dict[str, Collection[str]]:
    """The properties of some resources that cannot be changed in place."""
    asked = {}
    for path in paths & change.old.keys():
        old, new = (_properties(side[path]) for side in (change.old, change.new))
        # To leave one out is a change too.
        asked[path] = {"Type": change.new[path].type, "Properties": {**old, **new}}
    shapes = {path: json.dumps(_shape(resource)) for path, resource in asked.items()}
    new = {shapes[path]: asked[path] for path in asked if shapes[path] not in _FOUND}
    if new:
        _FOUND.update(_create_only(new))
    return {path: _FOUND.get(shape, ()) for path, shape in shapes.items()}


_FOUND: dict[str, Collection[str]] = {}
"""Create-only properties by the shape of a resource: most are asked about again."""


def _shape(value: Any) -> Any:
    """What a value is made of: which are create-only depends on nothing else."""
    if isinstance(value, dict):
        return {
            key: each if key == "Type" else _shape(each) for key, each in value.items()
        }
    return [*map(_shape, value)] if isinstance(value, list) else None


def _properties(resource: Resource) -> Mapping[str, Any]:
    found = resource.body.get("Properties", {})
    return found if isinstance(found, dict) else {}


def _create_only(resources: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """The names of create-only properties of each resource, by its shape."""
    shapes = {f"R{number}": shape for number, shape in enumerate(sorted(resources))}
    rules = cloudformation_validate.RuleFilterConfig(ids=[_RULE])
    config = cloudformation_validate.ValidateConfig(
        include=rules, severity_level=cloudformation_validate.Severity.INFO
    )
    content = {name: resources[shape] for name, shape in shapes.items()}
    text = cloudformation_validate.TemplateContent(json.dumps({"Resources": content}))
    try:
        report = engine().validate_template(text, config)
    except cloudformation_validate.ValidationError:
        return {}  # That it cannot be read is told where public rules are checked.
    found: dict[str, set[str]] = {shape: set() for shape in resources}
    for each in report.diagnostics:
        if each.rule_id == _RULE:
            name = each.property_path.split(".")[1]
            found[shapes[each.entity.logical_id]].add(name)
    return found
