"""A document equals its specification: for every action, in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import z3

from private_transform.lock import BucketKind, Document
from review.proof.actions import (
    INVENTED_KMS,
    INVENTED_S3,
    bucket_policy_actions,
    key_policy_actions,
)
from review.proof.formulas import TRUE, Formula, Text, any_of
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.proof.solver import example
from review.site import Site
from tests.lock.sites import ACCOUNT, KINDS
from tests.lock.specification import (
    bucket_lets_through,
    endpoint_lets_out,
    endpoint_lets_through,
    key_lets_through,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Do document and specification agree on one action at one kind of resource?"""

    about: str
    request: Request
    document: Formula
    specification: Formula
    given: Formula = field(default_factory=lambda: TRUE)


@dataclass(frozen=True, slots=True)
class Difference:
    """A request on which document and specification disagree."""

    about: str
    request: dict[str, Any]


def questions(site: Site, guarded: str, document: Document) -> Iterator[Question]:
    """Ask about every action at every kind of resource that the document may meet."""
    if guarded == "endpoint":
        yield from _endpoint_questions(site, document)
    elif guarded == "key":
        yield from _key_questions(site, document)
    else:
        kind = next(kind for kind in KINDS if kind == guarded)
        yield from _bucket_questions(site, kind, document)


class Prover:
    """Answers questions; equal ones, of whatever document, once."""

    def __init__(self) -> None:
        self._answers: dict[tuple[int, ...], dict[str, Any] | None] = {}
        self._asked: list[Question] = []

    def differences(
        self, site: Site, guarded: str, document: Document
    ) -> Iterator[Difference]:
        """Find where a document and its specification disagree."""
        for question in questions(site, guarded, document):
            request = self._answer(question)
            if request is not None:
                yield Difference(question.about, request)

    def _answer(self, question: Question) -> dict[str, Any] | None:
        # z3 shares equal formulas, so an id stands for one as long as it is kept.
        formulas = (question.document, question.specification, question.given)
        identity = tuple(formula.get_id() for formula in formulas)
        if identity not in self._answers:
            self._asked.append(question)
            self._answers[identity] = example(
                question.request,
                question.document != question.specification,
                question.given,
                partition="aws",
                account=ACCOUNT,
            )
        return self._answers[identity]


def _bucket_questions(
    site: Site, kind: BucketKind, document: Document
) -> Iterator[Question]:
    bucket, request = site.bucket(kind), Request()
    readings = {
        "bucket": Reading(request, document, Resource(bucket)),
        "object": Reading(request, document, _objects(bucket, request)),
    }
    for action in (*bucket_policy_actions(), *INVENTED_S3):
        yield Question(
            about=f"{action.name} on {kind}",
            request=request,
            document=z3.Not(readings[action.level].denies(action.name)),
            specification=bucket_lets_through(request, site, kind, action.name),
        )


def _endpoint_questions(site: Site, document: Document) -> Iterator[Question]:
    ours: dict[str, str] = {kind: site.bucket(kind) for kind in KINDS}
    ours["control"] = site.buckets.control
    actions = [action.name for action in (*bucket_policy_actions(), *INVENTED_S3)]
    request, foreign = Request(), z3.String("any other ARN")
    for kind, arn in ours.items():
        for is_object in (False, True):
            resource = _objects(arn, request) if is_object else Resource(arn)
            reading = Reading(request, document, resource)
            for action in actions:
                yield Question(
                    about=f"{action} on {kind}{'/*' if is_object else ''}",
                    request=request,
                    document=reading.allows(action),
                    specification=endpoint_lets_through(
                        request, site, action, kind, is_object=is_object
                    ),
                )
    elsewhere = z3.Not(any_of(_within(foreign, arn) for arn in ours.values()))
    reading = Reading(request, document, Resource("", foreign))
    for action in actions:
        yield Question(
            about=f"{action} elsewhere",
            request=request,
            document=reading.allows(action),
            specification=endpoint_lets_out(request, site, action, foreign),
            given=elsewhere,
        )


def _key_questions(site: Site, document: Document) -> Iterator[Question]:
    request = Request()
    reading = Reading(request, document, Resource(site.key_arn))
    for action in (*key_policy_actions(), *INVENTED_KMS):
        yield Question(
            about=action,
            request=request,
            document=reading.allows(action),
            specification=key_lets_through(request, site, action),
        )


def _objects(bucket: str, request: Request) -> Resource:
    return Resource(f"{bucket}/", request.object_key)


def _within(arn: Text, bucket: str) -> Formula:
    return z3.Or(
        arn == z3.StringVal(bucket), z3.PrefixOf(z3.StringVal(f"{bucket}/"), arn)
    )
