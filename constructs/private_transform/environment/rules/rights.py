"""What a role's rights name must fit into the policy of that role."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from private_transform.environment.partial import UnknownKeyError, known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform

RIGHTS_OF_A_ROLE = 10_240
"""Characters. AWS: IAM and AWS STS quotas."""

ROOM_FOR_NAMES = 5_500
"""Of them, what an execution role's other rights leave."""

ROOM_FOR_PACKAGES = 5_000
"""Of them, what the launcher's other rights leave."""

_BUCKET = "arn:aws:s3:::"
_OWN_BUCKET = _BUCKET + "b" * 63 + "/"
_AROUND_A_NAME = 4
"""Two quotation marks, a comma and a wildcard."""

_KEY_OF_A_SOURCE = 380
"""The statement that lets the role decrypt a source's artifacts, without these."""


def room_for_names(environment: Environment, transform: Transform) -> Iterator[Breach]:
    """An execution role that names too much of a transform is refused by IAM."""
    length = _length(_names(transform)) + _length_of_keys(environment, transform)
    if length > ROOM_FOR_NAMES:
        yield Breach(
            place=("model",),
            rule="The execution role names each artifact, image and prefix of its "
            f"transform and has room for {ROOM_FOR_NAMES} characters of names, not "
            f"{length} (AWS: IAM and AWS STS quotas).",
            fix="Shorten keys, prefixes and repositories, or take fewer containers.",
        )


def room_for_packages(transforms: Sequence[Transform]) -> Iterator[tuple[int, Breach]]:
    """A launcher that names too many model packages is refused by IAM.

    Yields:
        The position of the first transform without room, and its breach.
    """
    named: set[str] = set()
    for position, transform in enumerate(transforms):
        with suppress(UnknownKeyError):
            containers = transform.model.containers
            named.update(
                package
                for _, package in known(
                    containers, lambda each: each.model_package_name
                )
                if package is not None
            )
        if _length(named) > ROOM_FOR_PACKAGES:
            yield (
                position,
                Breach(
                    place=("model",),
                    rule="The launcher's role names each model package of the "
                    f"environment and has room for {ROOM_FOR_PACKAGES} characters "
                    f"of names; this one is among {len(named)} packages (AWS: IAM and "
                    "AWS STS quotas).",
                    fix="Move some transforms to another environment.",
                ),
            )
            return


def _names(transform: Transform) -> Iterator[str]:
    """What the role names, at least as long as there and as often."""
    prefix = transform.transform_input.data_source.s3_data_source.prefix
    capture = transform.data_capture_config
    for read in (prefix, transform.smoke_input):
        if read is not None:
            yield read
            yield _OWN_BUCKET + read
    yield _OWN_BUCKET + transform.transform_output.s3_output_path
    if capture is not None:
        yield _OWN_BUCKET + capture.destination_s3_uri
    for container in transform.model.containers:
        yield container.image or ""
        yield _arn(container.model_data_url or "")


def _arn(url: str) -> str:
    inside = not url.startswith("s3://")
    return _OWN_BUCKET + url if inside else _BUCKET + url.removeprefix("s3://")


def _length_of_keys(environment: Environment, transform: Transform) -> int:
    """What the role says to decrypt artifacts with their owners' keys."""
    urls = {each.model_data_url or "" for each in transform.model.containers}
    lengths = [
        _length(_arn(url) for url in urls if source.holds(url))
        for source in environment.artifact_sources
        if source.key_arn is not None
    ]
    return sum(length + _KEY_OF_A_SOURCE for length in lengths if length)


def _length(names: Iterable[str]) -> int:
    return sum(len(name) + _AROUND_A_NAME for name in names)
