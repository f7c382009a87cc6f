"""What the platform's file allows the transforms' files."""

from collections.abc import Callable, Iterator

from private_transform.environment.catalogue import LOCAL_DISK_FAMILIES, family
from private_transform.environment.partial import known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform
from private_transform.environment.yaml_source import Place

Where = Callable[[Place], str]
"""Says at which file and line of the environment a place is."""


def _instance_types(transform: Transform) -> Iterator[tuple[Place, str]]:
    """Each type that a job may get, and its place."""
    resources = transform.transform_resources
    yield ("transform_resources", "instance_type"), resources.instance_type
    for position, each in enumerate(resources.fallback_instance_types):
        yield ("transform_resources", "fallback_instance_types", position), each


def allowed_instance_type(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """A type that the platform does not list is refused: it lists what it pays for."""
    allowed = environment.limits.instance_types
    for place, instance_type in _instance_types(transform):
        if allowed is not None and instance_type not in allowed:
            yield Breach(
                place=place,
                rule=f"{where(('limits', 'instance_types'))} allows "
                f"{', '.join(allowed) or 'none'}.",
                fix="Take one of these, or ask the platform team.",
            )


def allowed_instance_count(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """More instances than the platform allows to one job are refused."""
    most = environment.limits.max_instance_count
    if most is not None and transform.transform_resources.instance_count > most:
        yield Breach(
            place=("transform_resources", "instance_count"),
            rule=f"{where(('limits', 'max_instance_count'))} allows {most}.",
            fix="Take fewer, or ask the platform team.",
        )


def allowed_registry(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """An image from a registry that the platform does not list is refused."""
    allowed = environment.limits.registries
    # What AWS publishes cannot be placed while the region is not known.
    _ = environment.region
    for position, image in known(transform.model.containers, lambda each: each.image):
        registry, _, _ = (image or "").partition("/")
        if allowed is not None and registry and registry not in allowed:
            yield Breach(
                place=("model", "containers", position, "image"),
                rule=f"{where(('limits', 'registries'))} allows "
                f"{', '.join(allowed) or 'none'}, and this image is in {registry}.",
                fix="Copy the image there, or ask the platform team.",
            )


def no_unseen_image(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """A model package is refused: its image is not seen here and would escape."""
    if environment.limits.registries is None:
        return
    packages = known(transform.model.containers, lambda each: each.model_package_name)
    for position, package in packages:
        if package is not None:
            yield Breach(
                place=("model", "containers", position, "model_package_name"),
                rule=f"{where(('limits', 'registries'))} says where images may come "
                "from, and a model package brings one that is not seen here, "
                "whatever image says beside it.",
                fix="Name its image and model_data_url in place of the package, or "
                "ask the platform team.",
            )


def volume_key(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """SageMaker refuses a key for the volumes of types whose disks are their own."""
    for place, instance_type in _instance_types(transform):
        local = family(instance_type) in LOCAL_DISK_FAMILIES
        if local and environment.limits.require_volume_key:
            yield Breach(
                place=place,
                rule=f"{instance_type} has local disks, which are encrypted by their "
                "hardware and cannot carry the environment's key (AWS: "
                f"TransformResources), and {where(('limits', 'require_volume_key'))} "
                "asks for that key.",
                fix="Take a type without local disks, such as ml.m5.large; or accept "
                "hardware encryption with limits.require_volume_key: false.",
            )
