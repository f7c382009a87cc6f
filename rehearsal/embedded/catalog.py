"""A right on a table counts with the same right on its database and its catalog.

AWS: Specifying AWS Glue resource ARNs, "ancestors".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator

from rehearsal.embedded import identity

Enforce = Callable[..., Any]


def apply() -> None:
    """Ask for all of them; after `perimeter`, which asks of every service."""
    iam_evaluator.enforce = _with_ancestors(iam_evaluator.enforce)


def _with_ancestors(enforce: Enforce) -> Enforce:
    def enforce_all(
        access_key_id: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (access_key_id, action, service, region)
        if service != "glue":
            return enforce(*request, resource_arn, service_context)
        for arn in _with_what_it_is_in(resource_arn):
            verdict = enforce(*request, arn, service_context)
            if verdict is not None:
                # MiniStack would name what was asked for, or nothing.
                return iam_evaluator.AuthError(
                    getattr(verdict, "code", "AccessDeniedException"),
                    identity.message(verdict, action, arn),
                )
        return None

    return enforce_all


def _with_what_it_is_in(arn: str) -> list[str]:
    """The ARNs of a resource's catalog and database and its own, in AWS's order."""
    place, _, resource = arn.rpartition(":")
    kind, *names = resource.split("/")
    catalog = f"{place}:catalog"
    if kind == "table":
        return [catalog, f"{place}:database/{names[0]}", arn]
    return [catalog, arn] if kind == "database" else [arn]
