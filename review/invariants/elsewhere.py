"""What must never pass our endpoint to a bucket that is none of ours.

Written out without the specification: names, accounts and roles are those of the site.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import z3

from private_transform.lock import Document
from review.proof.formulas import Formula, Text, all_of, any_of, literal
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.site import Site


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One action at any ARN that is not of ours, as the endpoint's policy reads it."""

    site: Site
    action: str
    request: Request
    arn: Text
    passes: Formula


@dataclass(frozen=True, slots=True)
class ElsewhereTheorem:
    """A sentence, and the requests that would contradict it."""

    says: str
    contradicted_by: Callable[[Elsewhere], Formula]


def _more_than_reading(at: Elsewhere) -> Formula:
    return all_of([at.passes, z3.BoolVal(at.action != "s3:GetObject")])


def _somebody_else(at: Elsewhere) -> Formula:
    job = at.request.signed_by(at.site.perimeter.execution_roles)
    ours = at.request.equals("aws:PrincipalAccount", at.site.perimeter.account)
    return all_of([at.passes, z3.Not(all_of([job, ours]))])


def _from_an_unnamed_place(at: Elsewhere) -> Formula:
    named = any_of(
        z3.PrefixOf(literal(place.objects.removesuffix("*")), at.arn)
        for place in at.site.perimeter.artifact_places
    )
    return all_of([at.passes, z3.Not(named)])


def _of_an_unnamed_owner(at: Elsewhere) -> Formula:
    owned = any_of(
        all_of(
            [
                z3.PrefixOf(literal(place.objects.removesuffix("*")), at.arn),
                at.request.equals("aws:ResourceAccount", place.account),
            ]
        )
        for place in at.site.perimeter.artifact_places
    )
    return all_of([at.passes, z3.Not(owned)])


ELSEWHERE_THEOREMS = (
    ElsewhereTheorem(
        "elsewhere, objects are read and nothing else", _more_than_reading
    ),
    ElsewhereTheorem("elsewhere, only a job of ours reads", _somebody_else),
    ElsewhereTheorem("elsewhere, only named places are read", _from_an_unnamed_place),
    ElsewhereTheorem(
        "elsewhere, a place is read while its owner has it", _of_an_unnamed_owner
    ),
)


def elsewhere(
    site: Site, document: Document, actions: Iterable[str]
) -> list[Elsewhere]:
    """Read the endpoint's policy for any ARN that is not of our buckets."""
    request, arn = Request(), z3.String("any other ARN")
    reading = Reading(request, document, Resource("", arn))
    ours = any_of(
        any_of([arn == literal(bucket), z3.PrefixOf(literal(f"{bucket}/"), arn)])
        for bucket in (*site.buckets.data, site.buckets.control)
    )
    return [
        Elsewhere(
            site, action, request, arn, all_of([z3.Not(ours), reading.allows(action)])
        )
        for action in actions
    ]
