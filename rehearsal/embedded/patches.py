"""Everything that is changed inside MiniStack, applied in one place."""

from rehearsal.embedded import (
    buckets,
    conditions,
    custom_resources,
    dependencies,
    encryption,
    log_keys,
    names,
    networks,
    perimeter,
    properties,
    trails,
)


def apply() -> None:
    """Patch MiniStack; once, before it serves."""
    conditions.apply()
    perimeter.apply()
    encryption.apply()
    names.apply()
    log_keys.apply()
    properties.apply()
    buckets.apply()
    networks.apply()
    trails.apply()
    custom_resources.apply()
    dependencies.apply()
