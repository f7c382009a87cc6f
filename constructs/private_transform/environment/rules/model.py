"""The model and its containers."""

from collections.abc import Iterator
from contextlib import suppress

from private_transform.environment.catalogue import REGIONS
from private_transform.environment.partial import UnknownKeyError, known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Container, Environment, Transform
from private_transform.environment.yaml_source import Place

_MOST_BYTES_OF_VARIABLES = 32 * 1024


def image_or_package(transform: Transform) -> Iterator[Breach]:
    """AWS: SageMaker API Reference, ContainerDefinition."""
    for position, container in enumerate(transform.model.containers):
        with suppress(UnknownKeyError):
            yield from _of_package(container, ("model", "containers", position))


def _of_package(container: Container, place: Place) -> Iterator[Breach]:
    package = container.model_package_name
    if package is not None:
        yield from _brought_by_package(container, place)
        return
    if container.inference_specification_name is not None:
        yield Breach(
            place=(*place, "inference_specification_name"),
            rule="An inference specification is part of a model package.",
            fix="Add model_package_name, or remove this.",
        )
    if container.artifact_sha256 and container.model_data_url is None:
        yield Breach(
            place=(*place, "artifact_sha256"),
            rule="The digest is of the artifact that model_data_url names.",
            fix="Add model_data_url, or remove this.",
        )
    if container.image is None:
        yield Breach(
            place=(*place, "image"),
            rule="A container has an image or a model_package_name.",
        )


def _brought_by_package(container: Container, place: Place) -> Iterator[Breach]:
    """AWS: Give Inference Recommender Jobs Access to Resources in Your Amazon VPC."""
    url = container.model_data_url
    if url is not None and not url.startswith("s3://"):
        yield Breach(
            place=(*place, "model_data_url"),
            rule="A model package's artifact is not in the models bucket: Model "
            "Registry takes none from a bucket that is restricted to a VPC (AWS: Give "
            "Inference Recommender Jobs Access to Resources in Your Amazon VPC).",
            fix="Write s3:// and where the package's owner put it.",
        )
    if container.artifact_sha256 is not None:
        yield Breach(
            place=(*place, "artifact_sha256"),
            rule="A model package's version tells its artifact already.",
            fix="Remove artifact_sha256, or remove model_package_name.",
        )


def image_of_this_region(
    environment: Environment, transform: Transform
) -> Iterator[Breach]:
    """AWS: SageMaker API Reference, ContainerDefinition."""
    region = environment.region
    end = f".dkr.ecr.{region}.{REGIONS[region].domain}"
    for position, image in known(transform.model.containers, lambda each: each.image):
        registry, _, _ = (image or "").partition("/")
        if registry and not registry.endswith(end):
            yield Breach(
                place=("model", "containers", position, "image"),
                rule=f"An image is in the environment's region, {region}: its registry "
                f"ends with {end} (AWS: SageMaker API Reference, ContainerDefinition).",
                fix="Replicate the image to that region.",
            )


def host_names(transform: Transform) -> Iterator[Breach]:
    """AWS: SageMaker API Reference, ContainerDefinition."""
    names = [container.container_hostname for container in transform.model.containers]
    for position, name in enumerate(names):
        place = ("model", "containers", position, "container_hostname")
        if name is None and any(names):
            yield Breach(
                place=place,
                rule="Where one container has a host name, all of them have one "
                "(AWS: SageMaker API Reference, ContainerDefinition).",
            )
        elif name is not None and name in names[:position]:
            yield Breach(
                place=place,
                rule="The containers' host names differ (AWS: SageMaker API "
                "Reference, ContainerDefinition).",
            )


def variables_in_total(transform: Transform) -> Iterator[Breach]:
    """AWS: SageMaker API Reference, ContainerDefinition."""
    used = sum(
        len(name.encode()) + len(value.encode())
        for container in transform.model.containers
        for name, value in container.environment.items()
    )
    if used > _MOST_BYTES_OF_VARIABLES:
        yield Breach(
            place=("model",),
            rule="The environment variables of all containers together are at most "
            f"32 KB of names and values, not {used} bytes (AWS: SageMaker API "
            "Reference, ContainerDefinition).",
            fix="Put large settings into the artifact.",
        )
