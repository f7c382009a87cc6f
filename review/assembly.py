"""Cloud assemblies and templates, read as what anybody may have written.

A file that is not as CDK writes it is refused in words, so that nothing after this
has to expect wrong types. Sizes are CloudFormation's own (AWS: CloudFormation quotas).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bad_input import BadInputError

TEMPLATE_LIMIT = 1_000_000
"""Bytes of a template; CloudFormation takes no larger one."""

RESOURCE_LIMIT = 500
"""Resources of a stack."""

_DEPTH_LIMIT = 60
"""How deep a template may nest; ours reach 14."""

_SYNTHESIZE = "Synthesize it anew: cdk synth -q"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack of an assembly.

    Args:
        name: Its name.
        file: Where its template lies.
        template: The template.
        account: The account that it is deployed to; None if the assembly is silent.
        region: The region; None if the assembly is silent.
        is_protected: Whether it has termination protection; None if unknown.
    """

    name: str
    file: Path
    template: Mapping[str, Any]
    account: str | None = None
    region: str | None = None
    is_protected: bool | None = None

    @property
    def resources(self) -> Mapping[str, Any]:
        """Bodies of the resources by their logical ids."""
        resources: Mapping[str, Any] = self.template["Resources"]
        return resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The stacks that are deployed together.

    Args:
        stacks: In the order of their names.
        assets: Folders and files of code by the hash that names them.
    """

    stacks: tuple[Stack, ...] = ()
    assets: Mapping[str, Path]

    @property
    def digest(self) -> str:
        """SHA-256 of all templates and of the names of all assets."""
        content = {
            "stacks": {stack.name: stack.template for stack in self.stacks},
            "assets": sorted(self.assets),
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_assembly(path: Path) -> Assembly:
    """Read a cloud assembly's folder, or one template.

    Raises:
        BadInputError: It is neither, or something in it is not as it should be.
    """
    if path.is_file():
        name = path.name.removesuffix(".json").removesuffix(".template")
        return Assembly(
            stacks=(Stack(name=name, file=path, template=_template(path)),), assets={}
        )
    manifest = path / "manifest.json"
    if not manifest.is_file():
        raise BadInputError(
            str(path),
            "This is neither a cloud assembly nor a template.",
            "Name a folder that `cdk synth` wrote, or a template as JSON.",
        )
    found = sorted(_stacks(manifest), key=lambda stack: stack.name)
    if not found:
        raise BadInputError(str(manifest), "It names no stack.", _SYNTHESIZE)
    return Assembly(
        stacks=tuple(found),
        assets={
            each.name.removeprefix("asset.").partition(".")[0]: each
            for each in sorted(path.glob("asset.*"))
        },
    )


def _stacks(manifest: Path) -> Iterator[Stack]:
    content = _read(manifest)
    artifacts = _mapping(manifest, content, "artifacts")
    for name, artifact in artifacts.items():
        place = f"{manifest} artifacts.{name}"
        if not isinstance(artifact, dict):
            raise BadInputError(place, "An artifact is a mapping.", _SYNTHESIZE)
        if artifact.get("type") != "aws:cloudformation:stack":
            continue
        given = artifact.get("properties")
        properties = given if isinstance(given, dict) else {}
        file = properties.get("templateFile")
        # A name alone: a path could lead out of the assembly.
        if not isinstance(file, str) or not file or Path(file).name != file:
            raise BadInputError(
                place, "A stack's templateFile lies beside the manifest.", _SYNTHESIZE
            )
        account, region = _place(str(artifact.get("environment", "")))
        yield Stack(
            name=name,
            file=manifest.parent / file,
            template=_template(manifest.parent / file),
            account=account,
            region=region,
            is_protected=properties.get("terminationProtection") is True,
        )


def _place(environment: str) -> tuple[str | None, str | None]:
    """Account and region of `aws://ACCOUNT/REGION`."""
    parts = environment.removeprefix("aws://").split("/")
    if len(parts) != 2 or "unknown" in environment:
        return None, None
    return parts[0], parts[1]


def _template(file: Path) -> dict[str, Any]:
    template = _read(file)
    resources = _mapping(file, template, "Resources")
    if len(resources) > RESOURCE_LIMIT:
        raise BadInputError(
            f"{file} Resources",
            f"A stack has up to {RESOURCE_LIMIT} resources, not {len(resources)} "
            "(AWS: CloudFormation quotas).",
            "Split the stack: CloudFormation would refuse it too.",
        )
    for logical_id, body in resources.items():
        place = f"{file} Resources.{logical_id}"
        if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
            raise BadInputError(
                place, "A resource is a mapping with a Type.", _SYNTHESIZE
            )
        if not isinstance(body.get("Properties", {}), dict):
            raise BadInputError(
                f"{place}.Properties", "Properties are a mapping.", _SYNTHESIZE
            )
    for section in ("Outputs", "Parameters", "Metadata", "Conditions"):
        if not isinstance(template.get(section, {}), dict):
            raise BadInputError(f"{file} {section}", "It is a mapping.", _SYNTHESIZE)
    return template


def _mapping(file: Path, content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    if not isinstance(found, dict):
        raise BadInputError(f"{file} {key}", "It is a mapping.", _SYNTHESIZE)
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise BadInputError(
            str(file), f"It cannot be read: {error.strerror}.", _SYNTHESIZE
        ) from None
    if len(text) > TEMPLATE_LIMIT:
        raise BadInputError(
            str(file),
            f"A template has up to {TEMPLATE_LIMIT:,} bytes, not {len(text):,} (AWS: "
            "CloudFormation quotas).",
            "Split the stack: CloudFormation would refuse it too.",
        )
    try:
        content = json.loads(text, object_pairs_hook=_without_repetition)
        too_deep = _depth(content) > _DEPTH_LIMIT
    except RecursionError:
        too_deep, content = True, None
    except ValueError as error:
        raise BadInputError(
            str(file), f"This is not JSON: {error}.", _SYNTHESIZE
        ) from None
    if too_deep:
        raise BadInputError(
            str(file),
            f"It nests deeper than {_DEPTH_LIMIT} levels.",
            "No construct of AWS does: look at what wrote it.",
        )
    if not isinstance(content, dict):
        raise BadInputError(str(file), "It is a mapping.", _SYNTHESIZE)
    return content


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two equal keys counts differs between readers."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one mapping")
    return content


def _depth(content: Any) -> int:
    if isinstance(content, dict):
        return 1 + max(map(_depth, content.values()), default=0)
    if isinstance(content, list):
        return 1 + max(map(_depth, content), default=0)
    return 0
