"""What the transforms write must not meet in the outputs bucket."""

from collections.abc import Iterator, Sequence

from private_transform.environment.rules.breach import (
    Breach,
    UnknownSectionError,
)
from private_transform.environment.values import Transform
from private_transform.environment.yaml_source import Place

_DESTINATIONS = (
    ("transform_output", "s3_output_path"),
    ("data_capture_config", "destination_s3_uri"),
)


def apart(transforms: Sequence[Transform]) -> Iterator[tuple[int, Breach]]:
    """No two destinations lie within each other, or results would mix.

    Inputs cannot be among them: they are in a bucket that no job may write.

    Yields:
        The position of a transform, and its breach.
    """
    earlier: list[tuple[str, str]] = []
    for position, transform in enumerate(transforms):
        for place, prefix in _destinations(transform):
            described = f"{'.'.join(map(str, place))} of {transform.name}"
            for other, owner in earlier:
                if prefix.startswith(other) or other.startswith(prefix):
                    yield (
                        position,
                        Breach(
                            place=place,
                            rule="Nothing else writes under a destination, and "
                            f"{other} is {owner}.",
                            fix="Give each a prefix of its own.",
                        ),
                    )
                    break
            earlier.append((prefix, described))


def _destinations(transform: Transform) -> Iterator[tuple[Place, str]]:
    for section, key in _DESTINATIONS:
        try:
            settings = getattr(transform, section)
        except UnknownSectionError:
            continue
        if settings is not None:
            yield (section, key), getattr(settings, key)
