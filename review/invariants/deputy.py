"""Whether a service acts for this account alone (AWS: The confused deputy problem)."""

from collections.abc import Mapping
from typing import Any

from review.plain import listed
from review.scene import Scene


def is_for_the_account(scene: Scene, statement: Mapping[str, Any]) -> bool:
    """Whether a statement lets a service in on behalf of this account and no other."""
    given = statement.get("Condition", {}).get("StringEquals", {})
    accounts = [v for key, v in given.items() if key.lower() == "aws:sourceaccount"]
    return any(listed(each) == [scene.place.account] for each in accounts)
