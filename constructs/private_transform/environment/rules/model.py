"""The model and its containers."""

from collections.abc import Iterator
from contextlib import suppress

from private_transform.environment.partial import UnknownKeyError, known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Container, Environment, Transform
from private_transform.environment.yaml_source import Place

_MOST_BYTES_OF_VARIABLES = 32 * 1024


def image_or_package(transform: Transform) -> Iterator[Breach]:
    """A container has a program, and no key that says something of another one."""
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
    """Of a package's artifact, what cannot be or is said by its version is refused."""
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
    """SageMaker pulls no image from another region."""
    region = environment.region
    end = f".dkr.ecr.{region}.amazonaws.com"
    for position, image in known(transform.model.containers, lambda each: each.image):
        registry, _, _ = (image or "").partition("/")
        if registry and not registry.endswith(end):
            yield Breach(
                place=("model", "containers", position, "image"),
                rule=f"An image is in the environment's region, {region}: its registry "
                f"ends with {end} (AWS: ContainerDefinition).",
                fix="Replicate the image to that region.",
            )


def package_of_this_region(
    environment: Environment, transform: Transform
) -> Iterator[Breach]:
    """SageMaker finds a model package in the registry of its own region alone."""
    start = f"arn:aws:sagemaker:{environment.region}:"
    packages = known(transform.model.containers, lambda each: each.model_package_name)
    for position, package in packages:
        if package is not None and not package.startswith(start):
            yield Breach(
                place=("model", "containers", position, "model_package_name"),
                rule="A model package is in the environment's region, "
                f"{environment.region}: its ARN begins with {start} (AWS: "
                "CreateModel).",
                fix="Register the model in that region.",
            )


def host_names(transform: Transform) -> Iterator[Breach]:
    """Of several containers SageMaker takes none without a name, and no name twice."""
    names = [container.container_hostname for container in transform.model.containers]
    for position, name in enumerate(names):
        place = ("model", "containers", position, "container_hostname")
        if name is None and any(names):
            yield Breach(
                place=place,
                rule="Where one container has a host name, all of them have one "
                "(AWS: ContainerDefinition).",
            )
        elif name is not None and name in names[:position]:
            yield Breach(
                place=place,
                rule="The containers' host names differ (AWS: ContainerDefinition).",
            )


def variables_in_total(transform: Transform) -> Iterator[Breach]:
    """SageMaker counts the variables of all containers together and takes 32 KB."""
    used = sum(
        len(name.encode()) + len(value.encode())
        for container in transform.model.containers
        for name, value in container.environment.items()
    )
    if used > _MOST_BYTES_OF_VARIABLES:
        yield Breach(
            place=("model",),
            rule="The environment variables of all containers together are at most "
            f"32 KB of names and values, not {used} bytes (AWS: ContainerDefinition).",
            fix="Put large settings into the artifact.",
        )
