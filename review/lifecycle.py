"""What the rules of a bucket do to its objects in time."""

from collections.abc import Iterator, Mapping
from typing import Any

from .plain import Resource, listed, whole_number

NEVER = float("inf")
"""Days after which nothing is deleted."""


def expires_after(bucket: Resource, *, below: str | None = None) -> float:
    """After how many days the first rule deletes objects.

    Args:
        bucket: The bucket.
        below: A prefix below which they may be deleted.
    """
    return min(
        (
            0.0 if "ExpirationDate" in rule else _days(rule["ExpirationInDays"])
            for rule in _rules(bucket)
            if rule.keys() & {"ExpirationDate", "ExpirationInDays"}
            and not (below and str(rule.get("Prefix")).startswith(below))
        ),
        default=NEVER,
    )


def forgets_after(bucket: Resource) -> float:
    """After how many days the first rule deletes what was overwritten."""
    days = [NEVER]
    for rule in _rules(bucket):
        noncurrent = rule.get("NoncurrentVersionExpiration")
        if isinstance(noncurrent, dict):
            days.append(_days(noncurrent.get("NoncurrentDays")))
        if "NoncurrentVersionExpirationInDays" in rule:
            days.append(_days(rule["NoncurrentVersionExpirationInDays"]))
    return min(days)


def archived(bucket: Resource) -> set[str]:
    """Storage classes that objects go to, where a job may be unable to read them."""
    return {
        str(transition.get("StorageClass"))
        for rule in _rules(bucket)
        for name in ("Transition", "Transitions", "NoncurrentVersionTransitions")
        for transition in listed(rule.get(name, []))
        if isinstance(transition, dict)
    }


def _days(value: Any) -> float:
    """A number of days; what cannot be read may be none."""
    return float(whole_number(value) or 0)


def _rules(bucket: Resource) -> Iterator[Mapping[str, Any]]:
    """The rules that are enabled."""
    given = bucket.properties.get("LifecycleConfiguration")
    rules = given.get("Rules", []) if isinstance(given, dict) else []
    for rule in listed(rules):
        if isinstance(rule, dict) and rule.get("Status") == "Enabled":
            yield rule
