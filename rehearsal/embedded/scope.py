"""Where a request acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The account and region that a request acts in."""

    account: str
    region: str
