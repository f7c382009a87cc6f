"""Cloud assemblies and templates, read as what anybody may have written.

A file that is not as CDK writes it is refused in words, so that nothing after this
has to expect wrong types or names. Sizes are CloudFormation's own (AWS: CloudFormation
quotas), but for the number of stacks.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .asset_manifest import Published, published
from .bad_input import BadInputError
from .contents import contents_of
from .invented import is_spelled_in
from .json_file import SYNTHESIZE, is_own, mapping_in, read_json
from .references import cycle

TEMPLATE_LIMIT = 1_000_000
"""Bytes of a template; CloudFormation takes no larger one."""

RESOURCE_LIMIT = 500
"""Resources of a stack."""

STACK_LIMIT = 200
"""Stacks of an assembly: a review of so many ends."""

_MANIFEST_LIMIT = 5_000_000
_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
"""AWS: DeletionPolicy attribute; UpdateReplacePolicy attribute."""

_STACK = "aws:cloudformation:stack"
_ASSETS = "cdk:asset-manifest"
_NO_STACKS = {_ASSETS, "cdk:feature-flag-report", "cdk:tree"}
"""Artifacts that deploy no resources."""

_URL = "stackTemplateAssetObjectUrl"
"""What the CLI deploys, if it is there; otherwise it takes the file itself."""

# AWS: Resource attribute reference; Template anatomy.
_LOGICAL_ID = re.compile("[A-Za-z0-9]{1,255}")
_TYPE = re.compile("[A-Za-z0-9]+(::[A-Za-z0-9_@-]+)*")
_STACK_NAME = re.compile("[A-Za-z][A-Za-z0-9-]{0,127}")
_TEMPLATE_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{,200}\.json")
_ENVIRONMENT = re.compile("aws://([0-9]{12})/([a-z]+(-[a-z]+)+-[0-9]+)")
_UNKNOWN_ENVIRONMENT = re.compile("aws://(unknown-account/.*|.*/unknown-region)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack of an assembly.

    Args:
        name: Its name; empty of a template alone, which does not say it.
        file: Where its template lies.
        template: The template.
        account: The account that it is deployed to; None if the assembly is silent.
        region: The region; None if the assembly is silent.
        is_protected: Whether it has termination protection; None if unknown.
        deployment: What else the manifest says of how it is deployed, after which
            others, and the bucket that its template comes from; None of a template
            alone.
    """

    name: str
    file: Path
    template: Mapping[str, Any]
    account: str | None = None
    region: str | None = None
    is_protected: bool | None = None
    deployment: Mapping[str, Any] | None = None

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
        assets: Folders and files of code by the hash under which they are published.
        contents: SHA-256 of what lies in each of them.
        destinations: To which buckets and with which roles they and the templates are
            published, as JSON.
    """

    stacks: tuple[Stack, ...] = ()
    assets: Mapping[str, Path]
    contents: Mapping[str, str] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all templates, what assets hold, and how all is deployed."""
        content = {
            "stacks": {
                stack.name: [stack.template, stack.is_protected, stack.deployment]
                for stack in self.stacks
            },
            "assets": {name: self.contents.get(name) for name in self.assets},
            "destinations": self.destinations,
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def read_assembly(path: Path) -> Assembly:
    """Read a cloud assembly's folder, or one template.

    Raises:
        BadInputError: It is neither, or something in it is not as it should be.
    """
    if path.is_file():
        alone = Stack(name="", file=path, template=_template(path))
        return Assembly(stacks=(alone,), assets={})
    manifest = path / "manifest.json"
    if not is_own(manifest):
        raise BadInputError(
            str(path),
            "This is neither a cloud assembly nor a template.",
            "Name a folder that `cdk synth` wrote, or a template as JSON.",
        )
    return _read(manifest)


def _read(manifest: Path) -> Assembly:
    artifacts = mapping_in(manifest, read_json(manifest, _MANIFEST_LIMIT), "artifacts")
    stacks = {
        name: artifact
        for name, artifact in artifacts.items()
        if _is_stack(f"{manifest} artifacts.{name}", artifact)
    }
    files = published(
        manifest.parent,
        [
            _properties(artifact).get("file")
            for artifact in artifacts.values()
            if artifact["type"] == _ASSETS
        ],
    )
    found = sorted(_stacks(manifest, stacks, files), key=lambda stack: stack.name)
    if not found:
        raise BadInputError(str(manifest), "It names no stack.", SYNTHESIZE)
    templates = {stack.file for stack in found}
    assets = {
        name: each.path for name, each in files.items() if each.path not in templates
    }
    destinations = {way for each in files.values() for way in each.destinations}
    return Assembly(
        stacks=tuple(found),
        assets=assets,
        contents=contents_of(assets),
        destinations=tuple(sorted(destinations)),
    )


def _stacks(
    manifest: Path, stacks: Mapping[str, Any], files: Mapping[str, Published]
) -> Iterator[Stack]:
    if len(stacks) > STACK_LIMIT:
        raise BadInputError(
            f"{manifest} artifacts",
            f"A review takes up to {STACK_LIMIT} stacks, and here are {len(stacks)}.",
            "Review parts of it, each with the foundation's stack.",
        )
    for name, artifact in stacks.items():
        yield _stack(manifest, name, artifact, files)


def _is_stack(place: str, artifact: Any) -> bool:
    if not isinstance(artifact, dict):
        raise BadInputError(place, "An artifact is a mapping.", SYNTHESIZE)
    kind = str(artifact.get("type"))
    if kind != _STACK and kind not in _NO_STACKS:
        raise BadInputError(
            place,
            f"An artifact of the type {kind!r} is not reviewed, whatever it deploys.",
            "If it is an assembly of its own, review its folder.",
        )
    return kind == _STACK


def _properties(artifact: Mapping[str, Any]) -> Mapping[str, Any]:
    given = artifact.get("properties")
    return given if isinstance(given, dict) else {}


def _stack(
    manifest: Path,
    name: str,
    artifact: Mapping[str, Any],
    files: Mapping[str, Published],
) -> Stack:
    place = f"{manifest} artifacts.{name}"
    if _STACK_NAME.fullmatch(name) is None:
        raise BadInputError(
            place, "A stack's name is letters, digits and hyphens.", SYNTHESIZE
        )
    properties = _properties(artifact)
    if properties.get("stackName", name) != name:
        raise BadInputError(
            place, f"It names its stack {properties['stackName']!r}.", SYNTHESIZE
        )
    file = properties.get("templateFile")
    if (
        not isinstance(file, str)
        or _TEMPLATE_FILE.fullmatch(file) is None
        or not is_own(manifest.parent / file)
    ):
        raise BadInputError(
            place, "A stack's templateFile lies beside the manifest.", SYNTHESIZE
        )
    account, region = _place(place, artifact.get("environment"))
    stack = Stack(
        name=name,
        file=manifest.parent / file,
        template=_template(manifest.parent / file),
        account=account,
        region=region,
        is_protected=properties.get("terminationProtection") is True,
        deployment=_deployment(artifact),
    )
    if _URL in properties:
        _is_published(f"{place}.properties.{_URL}", stack.file, properties[_URL], files)
    return stack


def _deployment(artifact: Mapping[str, Any]) -> dict[str, Any]:
    """What stacks wait for, and all properties that no other part of a stack holds."""
    properties = _properties(artifact)
    held = {_URL, "additionalDependencies", "templateFile", "terminationProtection"}
    found = {key: each for key, each in properties.items() if key not in held}
    if _URL in properties:
        found["templateBucket"] = str(properties[_URL]).rpartition("/")[0]
    if "dependencies" in artifact:
        given = artifact["dependencies"]
        found["dependencies"] = (
            sorted(given, key=str) if isinstance(given, list) else given
        )
    return found


def _is_published(
    place: str, file: Path, url: Any, files: Mapping[str, Published]
) -> None:
    """Refuse a template that is not deployed: the CLI deploys the object it names."""
    found = files.get(hashlib.sha256(file.read_bytes()).hexdigest())
    urls = found.urls if found is not None and found.path == file else ()
    if not isinstance(url, str) or url not in urls:
        raise BadInputError(
            place,
            f"It is not the object that {file.name} is published as by its SHA-256: "
            "something else would be deployed than what is reviewed.",
            SYNTHESIZE,
        )


def _place(place: str, environment: Any) -> tuple[str | None, str | None]:
    """Account and region of `aws://ACCOUNT/REGION`."""
    if environment is None or _UNKNOWN_ENVIRONMENT.fullmatch(str(environment)):
        return None, None
    found = _ENVIRONMENT.fullmatch(str(environment))
    if found is None:
        raise BadInputError(
            f"{place}.environment", "It is aws://ACCOUNT/REGION.", SYNTHESIZE
        )
    return found[1], found[2]


def _template(file: Path) -> dict[str, Any]:
    template = read_json(file, TEMPLATE_LIMIT)
    if is_spelled_in(json.dumps(template, ensure_ascii=False)):
        raise BadInputError(
            str(file),
            "It has a character from U+FDD0 to U+FDEF, which no text may have.",
            "Leave it out: names that AWS makes up are known by it here.",
        )
    resources = mapping_in(file, template, "Resources")
    if len(resources) > RESOURCE_LIMIT:
        raise BadInputError(
            f"{file} Resources",
            f"A stack has up to {RESOURCE_LIMIT} resources, not {len(resources)} "
            "(AWS: CloudFormation quotas).",
            "Split the stack: CloudFormation would refuse it too.",
        )
    for logical_id, body in resources.items():
        place = f"{file} Resources.{logical_id}"
        if _LOGICAL_ID.fullmatch(logical_id) is None:
            raise BadInputError(
                place, "A logical id is up to 255 letters and digits.", SYNTHESIZE
            )
        if not isinstance(body, dict) or not _is_type(body.get("Type")):
            raise BadInputError(
                place, "A resource is a mapping with a Type.", SYNTHESIZE
            )
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            if body.get(attribute, "Delete") not in _POLICIES:
                raise BadInputError(
                    f"{place}.{attribute}",
                    f"It is one of {', '.join(_POLICIES)}.",
                    SYNTHESIZE,
                )
        if not isinstance(body.get("Properties", {}), dict):
            raise BadInputError(
                f"{place}.Properties", "Properties are a mapping.", SYNTHESIZE
            )
    found = cycle(resources)
    if found:
        raise BadInputError(
            f"{file} Resources.{found.partition(' ')[0]}",
            f"Its references lead back to it: {found}.",
            SYNTHESIZE,
        )
    for section in ("Conditions", "Mappings", "Metadata", "Outputs", "Parameters"):
        if not isinstance(template.get(section, {}), dict):
            raise BadInputError(f"{file} {section}", "It is a mapping.", SYNTHESIZE)
    return template


def _is_type(kind: Any) -> bool:
    return isinstance(kind, str) and _TYPE.fullmatch(kind) is not None
