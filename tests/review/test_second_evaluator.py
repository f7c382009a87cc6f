"""What roles may do, read by the proofs and by a second evaluator, on random requests.

The requests are made of what the policies name, so that most come near a decision.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest

from private_transform.handlers.contract import JOB_LOG_GROUP
from review.identity import rights_of, roles
from review.plain import listed
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.scene import Document, Scene, scene_of
from tests.lock.concrete import Case, by_encoding, by_identity_policy
from tests.review.conftest import Bases

REQUESTS = 150
"""For each role."""


def documents(scene: Scene) -> Iterator[tuple[str, Document]]:
    for role in roles(scene):
        yield role.path, rights_of(scene, role)
    for policy in scene.estate.of_type("AWS::IAM::ManagedPolicy"):
        yield policy.path, policy.properties["PolicyDocument"]


def case(random: Random, document: Document) -> Case:
    """A request near one statement: its action, a place and keys like its own."""
    statement = random.choice(document["Statement"])
    action = str(random.choice(listed(statement["Action"])))
    place = str(random.choice(listed(statement["Resource"])))
    action = action.replace("*", random.choice(["", "Thing"]))
    place = place.replace("*", random.choice(["", "x", "other/thing"]))
    if random.random() < 0.15:
        place = random.choice([f"{place}x", place[:-1], JOB_LOG_GROUP])
    keys: dict[str, Any] = {}
    for operator, given in statement.get("Condition", {}).items():
        for key, values in given.items():
            keys |= chosen(random, operator, key, listed(values))
    return Case(action=action, resource=place, keys=keys)


def chosen(
    random: Random, operator: str, key: str, values: Sequence[Any]
) -> Mapping[str, Any]:
    """A value for a condition key: one that is asked for, another, or none."""
    if random.random() < 0.15:
        return {}
    value = str(random.choice(values)).replace("*", random.choice(["", "x"]))
    if random.random() < 0.2:
        value = f"{value}x"
    if operator == "Null":
        value = "there"
    if operator.startswith("For") or key.startswith("sagemaker:Vpc"):
        more = [f"{value}y"] if random.random() < 0.2 else []
        return {key: [value, *more]}
    if operator == "Bool":
        return {key: random.choice(["true", "false"])}
    return {key: value}


def test_both_decide_alike(bases: Bases) -> None:
    random = Random("roles")
    seen: Counter[bool] = Counter()
    for assembly in bases.assemblies.values():
        for path, document in documents(scene_of(assembly)):
            for _ in range(REQUESTS):
                asked = case(random, document)
                request = Request()
                at = Resource("", request.object_key)
                formula = Reading(request, document, at).allows(asked.action)

                ours = by_encoding(formula, request, asked, asked.resource)
                theirs = by_identity_policy(dict(document), asked) == "Allow"

                assert ours == theirs, f"{path}: {asked}"
                seen[ours] += 1
    assert min(seen.values()) > 500


@pytest.mark.parametrize("allowed", [True, False])
def test_a_list_that_may_be_absent_is_decided_alike(allowed: bool) -> None:
    condition = {"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["a", "b"]}}
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sagemaker:CreateModel",
                "Resource": "*",
                "Condition": condition,
            }
        ],
    }
    for held in (["a"], ["a", "b"], []) if allowed else (["c"], ["a", "c"]):
        keys = {"sagemaker:VpcSubnets": held} if held else {}
        asked = Case(action="sagemaker:CreateModel", resource="x", keys=keys)
        request = Request()
        at = Resource("", request.object_key)
        formula = Reading(request, document, at).allows(asked.action)

        assert by_encoding(formula, request, asked, "x") is allowed
        assert (by_identity_policy(document, asked) == "Allow") is allowed
