"""What a policy allows beyond what is meant."""

import json
from collections.abc import Collection, Iterator, Sequence
from functools import cache

import z3

from review.plain import Resource, listed
from review.proof.actions import INVENTED_S3, actions_of
from review.proof.alike import speaks_of
from review.proof.formulas import all_of
from review.proof.reading import Reading
from review.proof.reading import Resource as At
from review.proof.request import Request
from review.proof.witness import place_told
from review.scene import Document, Scene
from review.site import Site

from .invariant import Violation
from .meant import Meant

S3 = (*actions_of("s3"), *(each.name for each in INVENTED_S3))
"""Every action of S3, also those of the account and of no bucket."""


def more_than(
    meant: Meant,
    scene: Scene,
    resource: Resource,
    document: Document,
    actions: tuple[str, ...],
) -> Iterator[Violation]:
    """A request that a policy allows and nobody meant, whatever its ARN."""
    found = _one_too_many(meant, scene.site, json.dumps(document), actions)
    if found is not None:
        action, where = found
        yield Violation(
            resource=resource.path,
            says=f"{resource.path} may call {action} on {place_told(where)}, which "
            "it has no need of.",
        )


@cache
def _one_too_many(
    meant: Meant, site: Site, policy: str, actions: tuple[str, ...]
) -> tuple[str, str] | None:
    # Most roles are the same on both sides, and many roles of functions are alike.
    request, document = Request(), json.loads(policy)
    arn = request.object_key
    reading = Reading(request, document, At("", arn))
    formulas = [
        (action, all_of([reading.allows(action), z3.Not(meant(request, arn, action))]))
        for action in actions
        if any(
            speaks_of(statement, action)
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
        )
    ]
    return site.place_of_contradiction(request, formulas) if formulas else None


def more_than_named(
    named: Collection[str],
    resource: Resource,
    document: Document,
    proved: Sequence[str],
) -> Iterator[Violation]:
    """Actions that a policy allows and no list names, each by its name.

    Args:
        named: The list.
        resource: Whose policy it is.
        document: The policy.
        proved: Services of which more is known than names.
    """
    known = {each.lower() for each in named}
    for statement in document["Statement"]:
        if statement["Effect"] == "Deny":
            continue
        for action in map(str, listed(statement.get("Action", "*"))):
            service = action.partition(":")[0].lower()
            if service in proved or action.lower() in known:
                continue
            yield Violation(
                resource=resource.path,
                says=f"{resource.path} may call {action}, which it has no need of.",
            )
