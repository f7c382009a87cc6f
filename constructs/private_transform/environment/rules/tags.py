"""Tags."""

from collections.abc import Iterator

from private_transform.environment.amounts import TAG_COUNT
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform


def room_for_both(environment: Environment, transform: Transform) -> Iterator[Breach]:
    """Model and job carry both files' tags and two of ours, and AWS takes 50."""
    together = {**environment.tags, **transform.tags}
    if len(together) > TAG_COUNT.highest:
        yield Breach(
            place=("tags",),
            rule=f"The environment's tags and these are together {len(together)}. "
            f"{TAG_COUNT.rule}",
        )
