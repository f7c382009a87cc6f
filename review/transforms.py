"""What each transform's file declares, as the template of its stack carries it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from private_transform.environment import TRANSFORM_TAG

from .assembly import Stack
from .bad_input import BadInputError
from .scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTransform:
    """Where one transform may read and write.

    Args:
        stack: Its stack's name.
        name: Its name.
        inputs: Prefixes in the inputs bucket.
        outputs: Prefixes in the outputs bucket.
        artifacts: Keys in the models bucket, and S3 URIs elsewhere.
        packages: ARNs of model packages.
        lists: Whether its inputs are listed; a manifest names them.
    """

    stack: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    artifacts: tuple[str, ...]
    packages: tuple[str, ...]
    lists: bool


def transforms_of(scene: Scene) -> Iterator[DeclaredTransform]:
    """The transforms of one side.

    Raises:
        BadInputError: A declaration is not as the transform's stack writes it.
    """
    for stack in scene.assembly.stacks:
        content = stack.template.get("Metadata", {}).get(TRANSFORM_TAG)
        if content is not None:
            yield _declared(stack, content)


def _declared(stack: Stack, content: Any) -> DeclaredTransform:
    try:
        source = content["transform_input"]["data_source"]["s3_data_source"]
        folder, slash, _ = source["s3_uri"].rpartition("/")
        smoke, capture = content.get("smoke_input"), content.get("data_capture_config")
        output = content["transform_output"]["s3_output_path"]
        return DeclaredTransform(
            stack=stack.name,
            name=_text(content["name"]),
            inputs=(folder + slash, *([_text(smoke)] if smoke else [])),
            outputs=(
                _text(output),
                *([_text(capture["destination_s3_uri"])] if capture else []),
            ),
            artifacts=tuple(_of_containers(content, "model_data_url")),
            lists=source["s3_data_type"] == "S3Prefix",
            packages=tuple(_of_containers(content, "model_package_name")),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise BadInputError(
            f"{stack.file} Metadata.{TRANSFORM_TAG}",
            f"This is no transform's declaration: {error}.",
            "Synthesize it anew: the transform's stack writes it from its file.",
        ) from None


def _of_containers(content: Mapping[str, Any], key: str) -> Iterator[str]:
    for container in content["model"]["containers"]:
        if key in container:
            yield _text(container[key])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
