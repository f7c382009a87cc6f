"""A review as JSON, for programs."""

import json
from dataclasses import asdict
from typing import Any

from review.review import FailOn, Promise, Review

from .text import legible


def as_json(review: Review, fail_on: FailOn) -> str:
    """The review as JSON; the same review is the same text.

    Args:
        review: The review.
        fail_on: From which severity on it blocks.
    """
    told = legible(content(review, fail_on))
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def content(review: Review, fail_on: FailOn) -> dict[str, Any]:
    """The review as plain values."""
    change = review.change
    return {
        "verdict": "block" if review.blocks(fail_on) else "approve",
        "environment": change.after.declared.name,
        "digests": {
            "old": change.before.assembly.digest if change.before else None,
            "new": change.after.assembly.digest,
        },
        "exceptions": [
            {**asdict(each.leave), "change": each.change} for each in review.leaves
        ],
        "unreviewed": list(review.unreviewed),
        "invariants": [_invariant(each) for each in review.promises],
        "findings": [
            {
                "id": each.id,
                "rule": each.rule,
                "severity": each.severity,
                "resource": each.resource,
                "message": each.message,
            }
            for each in review.findings
        ],
        "access": [asdict(each) for each in review.access],
        "effective": [asdict(each) for each in review.effective],
        "replacements": [
            {
                "resource": each.resource.path,
                "property": each.property,
                "cascade": list(each.cascade),
            }
            for each in review.replaced
        ],
        "job_effects": [asdict(each) for each in review.jobs],
        "code": [asdict(each) for each in review.code],
        "network": [asdict(each) for each in review.network],
        "compliance": asdict(review.compliance),
        "register": [asdict(each) for each in review.register],
    }


def _invariant(promise: Promise) -> dict[str, Any]:
    return {
        "id": promise.invariant.id,
        "says": promise.invariant.says,
        "status": promise.after.status,
        "witness": promise.after.witness,
        "before": promise.before.status if promise.before else None,
    }
