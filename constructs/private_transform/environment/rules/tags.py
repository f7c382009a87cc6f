"""Tags."""

from collections.abc import Iterator

from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform

_MOST = 50


def room_for_both(environment: Environment, transform: Transform) -> Iterator[Breach]:
    """AWS: SageMaker API Reference, CreateTransformJob."""
    together = {**environment.tags, **transform.tags}
    if len(together) > _MOST:
        yield Breach(
            place=("tags",),
            rule=f"The environment's tags and these are together at most {_MOST}, not "
            f"{len(together)} (AWS: SageMaker API Reference, CreateTransformJob).",
        )
