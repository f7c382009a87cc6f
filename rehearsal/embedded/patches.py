"""Everything that is changed inside MiniStack, applied in one place."""

from rehearsal.embedded import (
    buckets,
    conditions,
    custom_resources,
    dependencies,
    encryption,
    networks,
    perimeter,
    trails,
)


def apply() -> None:
    """Patch MiniStack; once, before it serves."""
    conditions.apply()
    perimeter.apply()
    encryption.apply()
    buckets.apply()
    networks.apply()
    trails.apply()
    custom_resources.apply()
    dependencies.apply()
