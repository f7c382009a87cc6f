"""Whether a policy lets everything pass that has to.

A question is a request with all that AWS would tell of it. The end of the ARN may be
free, and so is what nobody knows before: none may be refused, at no time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import z3

from review.proof.formulas import Formula, literal
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.proof.solver import example
from review.scene import Document, Scene

from .context import Told, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that has to pass.

    Args:
        does: Its action.
        at: The ARN, or its beginning.
        below: What the rest of the ARN begins with, where the rest is free.
        told: All condition keys that the request carries, and what it may.
    """

    does: str
    at: str
    below: str | None = None
    told: Told


def allowed(scene: Scene, question: Question, *policies: Document) -> bool:
    """Whether each policy allows every such request."""
    return all(_passes(scene, each, question, must_allow=True) for each in policies)


def not_denied(scene: Scene, question: Question, policy: Document) -> bool:
    """Whether the policy denies no such request."""
    return _passes(scene, policy, question, must_allow=False)


def _passes(
    scene: Scene, policy: Document, question: Question, *, must_allow: bool
) -> bool:
    return _is_never_refused(
        json.dumps(policy),
        question.does,
        question.at,
        question.below,
        tuple(question.told.items()),
        must_allow=must_allow,
        partition=scene.place.partition,
        account=scene.place.account,
    )


@cache
def _is_never_refused(
    policy: str,
    does: str,
    at: str,
    below: str | None,
    told: tuple[tuple[str, Any], ...],
    *,
    must_allow: bool,
    partition: str,
    account: str,
) -> bool:
    # Most is asked on both sides, with the same words.
    request = Request()
    place, given = Resource(at), []
    if below is not None:
        place = Resource(at, request.object_key)
        given = [z3.PrefixOf(literal(below), request.object_key)]
    reading = Reading(request, json.loads(policy), place)
    passes = reading.allows(does) if must_allow else z3.Not(reading.denies(does))
    refused = example(
        request,
        *given,
        *_facts(request, dict(told)),
        z3.Not(passes),
        partition=partition,
        account=account,
    )
    return refused is None


def _facts(request: Request, told: Mapping[str, Any]) -> Iterator[Formula]:
    """These keys have these values, or any, and no other key is there.

    Called when the policy has been read, for only then are the keys known that it asks
    about.
    """
    yield z3.Not(request.anonymous)
    yield request.by_service == z3.BoolVal("aws:PrincipalServiceName" in told)
    known = {key.lower(): value for key, value in told.items()}
    for key in sorted({*known, *request.keys}):
        if key not in known:
            yield z3.Not(request.present(key))
        elif known[key] is not Unknown.MAYBE:
            yield request.present(key)
            yield from _has(request, key, known[key])


def _has(request: Request, key: str, value: Any) -> Iterator[Formula]:
    if value is Unknown.ANY:
        return
    if isinstance(value, tuple):
        yield from (request.contains(key, each) for each in value)
        yield z3.Not(request.contains_beside(key, value))
        return
    actual = request.value(key)
    if isinstance(value, bool):
        yield actual == z3.BoolVal(value)
    elif z3.is_real(actual):
        yield actual == z3.RealVal(value)
    else:
        yield actual == literal(value)
