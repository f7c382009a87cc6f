"""What each transform's file declares, as the template of its stack carries it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from private_transform.environment import TRANSFORM_TAG, Runs, shapes

from .assembly import Stack
from .scene import Scene
from .words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTransform:
    """Where one transform may read and write, and when.

    Args:
        stack: Its stack's name.
        name: Its name.
        inputs: Prefixes in the inputs bucket.
        outputs: Prefixes in the outputs bucket.
        artifacts: Keys in the models bucket, and S3 URIs elsewhere.
        packages: ARNs of model packages.
        images: Images of containers, also those that a package brings.
        lists: Whether its inputs are listed; a manifest names them.
        runs: Runs beside those of deployments; None where there are none.
    """

    stack: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    artifacts: tuple[str, ...]
    packages: tuple[str, ...]
    images: tuple[str, ...]
    lists: bool
    runs: Runs | None


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
    words = Words(f"{stack.file} Metadata.{TRANSFORM_TAG}", content)
    data = words.inside("transform_input").inside("data_source")
    source = data.inside("s3_data_source")
    static, _, _ = source.one(shapes.InputPath, "s3_uri").partition("{")
    folder, slash, _ = static.rpartition("/")
    smoke = words.one(shapes.SmokePrefix, "smoke_input", default=None)
    outputs = words.inside("transform_output")
    capture = words.inside("data_capture_config")
    captured = capture.one(shapes.OutputPrefix, "destination_s3_uri", default=None)
    containers = tuple(words.inside("model").each("containers"))
    return DeclaredTransform(
        stack=stack.name,
        name=words.one(shapes.TransformName, "name"),
        inputs=(folder + slash, *([smoke] if smoke else [])),
        outputs=(
            outputs.one(shapes.OutputPrefix, "s3_output_path"),
            *([captured] if captured else []),
        ),
        artifacts=tuple(
            each.one(shapes.ModelDataUrl, "model_data_url")
            for each in containers
            if each.has("model_data_url")
        ),
        packages=tuple(
            each.one(shapes.ModelPackage, "model_package_name")
            for each in containers
            if each.has("model_package_name")
        ),
        images=tuple(
            each.one(shapes.Image, "image") for each in containers if each.has("image")
        ),
        lists=source.one(Literal["S3Prefix", "ManifestFile"], "s3_data_type")
        == "S3Prefix",
        runs=words.one(Runs, "runs", default=None),
    )
