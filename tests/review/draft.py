"""Templates that a mutant changes, and the verbs to change them with."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copytree
from typing import Any

from review.assembly import Assembly, Stack
from review.contents import contents_of
from tests.lock.mutants import Change as DocumentChange

FOUNDATION = "foundation"
OPERATIONS = "operations"
ENVIRONMENT = "private-transform:environment"


@dataclass(slots=True)
class Draft:
    """A deep copy of one environment's templates.

    `gone` are stacks that the changed assembly has not; `unprotected` are stacks
    without termination protection; `deployment` is what the manifest says otherwise of
    how stacks are deployed; `assets` are the folders of changed code by their hashes.
    """

    original: Assembly
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    protection: dict[str, bool] = field(default_factory=dict)
    deployment: dict[str, dict[str, Any]] = field(default_factory=dict)
    assets: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stack in self.original.stacks:
            part = stack.name.partition("-")[2]
            self.templates[part] = deepcopy(dict(stack.template))

    def assembly(self) -> Assembly:
        """The changed assembly; that nothing has changed is an error."""
        stacks = tuple(
            self._changed(stack)
            for stack in self.original.stacks
            if stack.name.partition("-")[2] not in self.gone
        )
        if stacks == self.original.stacks:
            raise AssertionError("the mutant changes nothing")
        return replace(
            self.original,
            stacks=stacks,
            assets={**self.original.assets, **self.assets},
            contents={**self.original.contents, **contents_of(self.assets)},
        )

    def _changed(self, stack: Stack) -> Stack:
        part = stack.name.partition("-")[2]
        return replace(
            stack,
            template=self.templates[part],
            is_protected=self.protection.get(part, stack.is_protected),
            deployment={**(stack.deployment or {}), **self.deployment.get(part, {})},
        )

    def logical_id(self, name: str, part: str = FOUNDATION) -> str:
        """The logical id that CDK makes of a name, or the name itself."""
        made = re.compile(re.escape(name) + "([0-9A-F]{8})?")
        (found,) = filter(made.fullmatch, self.templates[part]["Resources"])
        return str(found)

    def body(self, name: str, part: str = FOUNDATION) -> dict[str, Any]:
        """A resource by the beginning of its logical id."""
        resources = self.templates[part]["Resources"]
        body: dict[str, Any] = resources[self.logical_id(name, part)]
        return body

    def properties(self, name: str, part: str = FOUNDATION) -> dict[str, Any]:
        """Properties of a resource."""
        properties: dict[str, Any] = self.body(name, part)["Properties"]
        return properties

    def document(self, name: str, part: str = FOUNDATION) -> dict[str, Any]:
        """The only policy of a resource, but for who may take a role."""
        (document,) = _documents(self.properties(name, part))
        return document

    def declared(self) -> dict[str, Any]:
        """What the foundation says that the environment's file declares."""
        content: dict[str, Any] = self.templates[FOUNDATION]["Metadata"][ENVIRONMENT]
        return content

    def arn(self, name: str) -> dict[str, Any]:
        """The ARN of one of the foundation's resources."""
        return {"Fn::GetAtt": [self.logical_id(name), "Arn"]}

    def publish(self, old: str, file: str, text: str) -> None:
        """Put a changed copy of an asset, under a hash of its own, in its place."""
        place = self.original.assets[old]
        new = hashlib.sha256(f"{old} {file} {text}".encode()).hexdigest()
        # Beside the asset itself: an assembly that is tried lies in a temporary folder.
        self.assets[new] = place.with_name(f"asset.{new}")
        copytree(place, self.assets[new], dirs_exist_ok=True)
        (self.assets[new] / file).write_text(text)
        self.templates = json.loads(json.dumps(self.templates).replace(old, new))


def _documents(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in ("PolicyDocument", "KeyPolicy"):
        if key in properties:
            yield properties[key]
    for policy in properties.get("Policies", []):
        yield policy["PolicyDocument"]


Edit = Callable[[Draft], None]


def policy(name: str, *changes: DocumentChange, part: str = FOUNDATION) -> Edit:
    """Change the policy of a resource."""

    def edit(draft: Draft) -> None:
        for change in changes:
            document = draft.document(name, part)
            before = deepcopy(document)
            change(document)
            if document == before:
                raise AssertionError(f"a change of {name} changes nothing")

    return edit


def trust(name: str, *changes: DocumentChange, part: str = FOUNDATION) -> Edit:
    """Change who may take a role."""

    def edit(draft: Draft) -> None:
        document = draft.properties(name, part)["AssumeRolePolicyDocument"]
        for change in changes:
            change(document)

    return edit


def prop(name: str, *path: Any, part: str = FOUNDATION) -> Edit:
    """Set a property; the last of the path is its value."""

    def edit(draft: Draft) -> None:
        *steps, last, value = path
        place: Any = draft.properties(name, part)
        for step in steps:
            place = place[step]
        if isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value

    return edit


def no_prop(name: str, *path: Any, part: str = FOUNDATION) -> Edit:
    """Leave a property out."""

    def edit(draft: Draft) -> None:
        *steps, last = path
        place: Any = draft.properties(name, part)
        for step in steps:
            place = place[step]
        del place[last]

    return edit


def attribute(name: str, key: str, value: Any, part: str = FOUNDATION) -> Edit:
    """Set what stands beside a resource's properties."""
    return lambda draft: draft.body(name, part).update({key: value})


def add(name: str, kind: str, part: str = FOUNDATION, **properties: Any) -> Edit:
    """Add a resource; `@Name` stands for a reference, `@Name.Attribute` for one."""

    def edit(draft: Draft) -> None:
        resources = draft.templates[part]["Resources"]
        assert name not in resources
        resources[name] = {
            "Type": kind,
            "Properties": _filled(draft, part, properties),
        }

    return edit


def remove(name: str, part: str = FOUNDATION) -> Edit:
    """Leave a resource out."""

    def edit(draft: Draft) -> None:
        del draft.templates[part]["Resources"][draft.logical_id(name, part)]

    return edit


def statement(name: str, part: str = FOUNDATION, **elements: Any) -> Edit:
    """Add a statement to the policy of a resource."""

    def edit(draft: Draft) -> None:
        given = _filled(draft, part, elements)
        draft.document(name, part)["Statement"].append(given)

    return edit


def code(file: str, old: str, new: str) -> Edit:
    """Change some text in the code of our functions, which all have the same."""

    def edit(draft: Draft) -> None:
        key = draft.properties("LauncherOnEvent", OPERATIONS)["Code"]["S3Key"]
        asset = key.removesuffix(".zip")
        text = (draft.original.assets[asset] / file).read_text()
        assert text.count(old) == 1, f"{file} has {old!r} not once"
        draft.publish(asset, file, text.replace(old, new))

    return edit


def declare(change: Callable[[dict[str, Any]], Any]) -> Edit:
    """Change what the environment's file declares."""
    return lambda draft: change(draft.declared()) and None


def all_of(*edits: Edit) -> Edit:
    """Make several changes."""

    def edit(draft: Draft) -> None:
        for each in edits:
            each(draft)

    return edit


def _filled(draft: Draft, part: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _filled(draft, part, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(draft, part, each) for each in value]
    if isinstance(value, str) and value.startswith("@"):
        name, dot, attribute = value[1:].partition(".")
        logical_id = draft.logical_id(name, part)
        if not dot:
            return {"Ref": logical_id}
        if attribute == "Arn/*":
            arn = {"Fn::GetAtt": [logical_id, "Arn"]}
            return {"Fn::Join": ["", [arn, "/*"]]}
        return {"Fn::GetAtt": [logical_id, attribute]}
    return value
