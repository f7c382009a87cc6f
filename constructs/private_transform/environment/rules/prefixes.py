"""What the transforms write must not meet in the outputs bucket."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from private_transform.environment.partial import UnknownKeyError
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Transform
from private_transform.environment.yaml_source import Place
from private_transform.query import RESULTS_PREFIX

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
    earlier = [(RESULTS_PREFIX, "where the results of queries lie")]
    for position, transform in enumerate(transforms):
        for place, prefix, owner in _destinations(transform):
            for other, its_owner in earlier:
                if prefix.startswith(other) or other.startswith(prefix):
                    yield (
                        position,
                        Breach(
                            place=place,
                            rule="Nothing else writes under a destination, and "
                            f"{other} is {its_owner}.",
                            fix="Give each a prefix of its own.",
                        ),
                    )
                    break
            earlier.append((prefix, owner))


def _destinations(transform: Transform) -> Iterator[tuple[Place, str, str]]:
    """Place, prefix and owner of each destination that could be read."""
    for section, key in _DESTINATIONS:
        with suppress(UnknownKeyError):
            settings = getattr(transform, section)
            if settings is not None:
                owner = f"{section}.{key} of {transform.name}"
                yield (section, key), getattr(settings, key), owner
