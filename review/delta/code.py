"""What changed in the code that runs: files, lines, and the AWS calls that are new."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.change import Change
from review.findings import Finding
from review.identity import arn_of, rights_of, roles
from review.plain import Resource, listed
from review.proof.patterns import names_action
from review.scene import Scene, UnclearError

from .asset import difference, files_of
from .calls import UNREADABLE, actions_of, new_calls

_CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
"""What has code, and the property that says which."""

_SETTINGS = (
    *("Environment", "FileSystemConfigs", "Handler", "ImageConfig", "Layers"),
    *("PackageType", "Runtime", "RuntimeManagementConfig", "VpcConfig"),
)
"""Properties of a function that bring in code, or decide what it does."""

_FILES = 10
"""Files that are named for one call: there may be many calls in many files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call to AWS that was not in the code before, or in fewer places of a file.

    Args:
        call: boto3's method.
        files: Where it is made newly, the first of them.
        actions: What IAM may call it.
        allowed: Whether a role of the functions may do one of them; None if unknown.
    """

    call: str
    files: tuple[str, ...]
    actions: tuple[str, ...]
    allowed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """How the code of some functions changed, or of layers that functions have.

    Args:
        functions: Their paths.
        added: Files.
        changed: Files.
        removed: Files.
        calls: Calls that are new.
        unreadable: Files with calls that are new and cannot be read.
        difference: What changed in text files, as a unified diff, shortened.
        unclear: Why it cannot be looked into; empty if it can.
    """

    functions: tuple[str, ...]
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    calls: tuple[NewCall, ...] = ()
    unreadable: tuple[str, ...] = ()
    difference: str = ""
    unclear: str = ""


def code_changes(change: Change) -> list[CodeChange]:
    """Every asset that is not the same on both sides, once."""
    if change.before is None:
        return []
    pairs: dict[tuple[str, str], list[Resource]] = {}
    for old, new in change.kept():
        if new.type in _CODE:
            was, now = _key(old), _key(new)
            if was != now or _differ(change, was):
                pairs.setdefault((was, now), []).append(new)
    return [
        _compared(change, was, now, functions)
        for (was, now), functions in sorted(pairs.items())
    ]


def findings(changes: list[CodeChange], change: Change) -> Iterator[Finding]:
    """Changed code is for somebody who knows, and so is a new function."""
    for each in changes:
        files = [*each.added, *each.changed, *each.removed]
        differing = f"{len(files)} files differ: {', '.join(files)}" if files else ""
        what = each.unclear or differing
        yield Finding(
            rule="code-changed",
            severity="medium" if what else "low",
            resource=each.functions[0],
            message=f"The code of {', '.join(each.functions)} changed: "
            f"{what or 'it has another name, and the same files'}.",
        )
        for call in each.calls:
            may = {
                True: "which a role of it allows",
                False: "which no role of it allows: it would fail",
                None: "and whether a role of it allows that is not known",
            }[call.allowed]
            yield Finding(
                rule="code-calls",
                severity="medium",
                resource=each.functions[0],
                message=f"The code now calls {call.call} "
                f"({' or '.join(call.actions)}) in {', '.join(call.files)}, {may}.",
            )
        if each.unreadable:
            yield Finding(
                rule="code-unreadable",
                severity="medium",
                resource=each.functions[0],
                message=f"What the code of {', '.join(each.unreadable)} now calls "
                "cannot be read: it may be any call to AWS.",
            )
    if change.before is None:
        return
    for added in change.added():
        if added.type in _CODE:
            yield Finding(
                rule="code-new",
                severity="medium",
                resource=added.path,
                message=f"{added.path} is a new {added.type}.",
            )
    for old, new in change.kept():
        if new.type in _CODE:
            if _source(old) != _source(new):
                yield Finding(
                    rule="code-source",
                    severity="medium",
                    resource=new.path,
                    message=f"The code of {new.path} comes from "
                    f"{_told(_source(new))}, before this change from "
                    f"{_told(_source(old))}.",
                )
            for name in _SETTINGS:
                if old.properties.get(name) != new.properties.get(name):
                    yield Finding(
                        rule="code-settings",
                        severity="medium",
                        resource=new.path,
                        message=f"{new.path} has another {name}: it may do something "
                        "else.",
                    )


def _differ(change: Change, key: str) -> bool:
    """Whether code differs under one name, which should be that of its content."""
    assert change.before is not None
    sides = (change.before, change.after)
    old, new = (_lies_at(side, key) for side in sides)
    if old is None or new is None:
        return False
    if not (old.is_dir() and new.is_dir()):
        contents = [side.assembly.contents.get(_stem(key)) for side in sides]
        return old.is_dir() != new.is_dir() or contents[0] != contents[1]
    try:
        return files_of(old) != files_of(new)
    except UnclearError:
        return True


def _lies_at(scene: Scene, key: str) -> Path | None:
    """What an assembly publishes under an object's key."""
    return scene.assembly.assets.get(_stem(key)) if key.endswith(".zip") else None


def _stem(key: str) -> str:
    return key.removesuffix(".zip")


def _key(resource: Resource) -> str:
    """The object that the code is; without one, whatever says what code it is."""
    code = _code(resource)
    key = code.get("S3Key") if isinstance(code, dict) else None
    return str(key) if key else repr(code)


def _source(resource: Resource) -> Mapping[str, Any]:
    """What else says where the code comes from: bucket, version, image or text."""
    code = _code(resource)
    return (
        {name: code[name] for name in sorted(code.keys() - {"S3Key"})}
        if isinstance(code, dict)
        else {"Code": code}
    )


def _code(resource: Resource) -> Any:
    return resource.properties.get(_CODE.get(resource.type, ""))


def _told(source: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in source.items()) or "nowhere"


def _compared(
    change: Change, was: str, now: str, functions: list[Resource]
) -> CodeChange:
    paths = tuple(sorted(each.path for each in functions))
    assert change.before is not None
    old, new = _lies_at(change.before, was), _lies_at(change.after, now)
    if old is None or new is None:
        return CodeChange(
            functions=paths, unclear="its files are not in both assemblies"
        )
    if not (old.is_dir() and new.is_dir()):
        return CodeChange(functions=paths, unclear="it is an archive on one side")
    try:
        before, after = files_of(old), files_of(new)
    except UnclearError as error:
        return CodeChange(functions=paths, unclear=str(error))
    changed = sorted(
        name for name in before.keys() & after.keys() if before[name] != after[name]
    )
    calls = new_calls(before, after)
    return CodeChange(
        functions=paths,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(changed),
        removed=tuple(sorted(before.keys() - after.keys())),
        calls=tuple(_known_calls(change.after, functions, calls)),
        unreadable=tuple(calls.get(UNREADABLE, ())),
        difference=difference(before, after),
    )


def _known_calls(
    scene: Scene, functions: list[Resource], calls: Mapping[str, list[str]]
) -> Iterator[NewCall]:
    rights = list(_rights(scene, functions))
    for call, files in sorted(calls.items()):
        actions = actions_of(call)
        if actions:
            yield NewCall(
                call=call,
                files=tuple(files[:_FILES]),
                actions=actions,
                allowed=_allowed(rights, actions),
            )


def _rights(
    scene: Scene, functions: list[Resource]
) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """Statements of each role that the code has; None if they are not known."""
    by_arn = {arn_of(scene, role): role for role in roles(scene)}
    for arn in sorted(set(_roles_of(scene, functions))):
        role = by_arn.get(arn)
        try:
            yield rights_of(scene, role)["Statement"] if role else None
        except UnclearError:
            yield None


def _roles_of(scene: Scene, functions: list[Resource]) -> Iterator[str]:
    """The roles of functions; of a layer, those of the functions that have it."""
    layers = {
        scene.estate.names(each).reference
        for each in functions
        if each.type == "AWS::Lambda::LayerVersion"
    }
    paths = {each.path for each in functions}
    for each in scene.estate.of_type("AWS::Lambda::Function"):
        has = map(str, listed(each.properties.get("Layers", [])))
        if each.path in paths or not layers.isdisjoint(has):
            yield str(each.properties.get("Role"))


def _allowed(
    rights: Sequence[Sequence[Mapping[str, Any]] | None], actions: tuple[str, ...]
) -> bool | None:
    """Whether a role mentions one of the actions: where one may, it would not fail."""
    known = [statements for statements in rights if statements is not None]
    if any(
        statement["Effect"] == "Allow"
        and names_action(listed(statement.get("Action", [])), action)
        for statements in known
        for statement in statements
        for action in actions
    ):
        return True
    return False if known and len(known) == len(rights) else None
