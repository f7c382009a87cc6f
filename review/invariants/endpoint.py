"""The promise about what the endpoint leads to beside the environment's buckets."""

import json
from collections.abc import Iterator
from functools import cache

from review.proof.actions import INVENTED_S3, bucket_policy_actions
from review.scene import Scene
from review.site import Site

from .elsewhere import ELSEWHERE_THEOREMS, elsewhere
from .invariant import Invariant, Violation


def _contradictions(scene: Scene) -> Iterator[Violation]:
    endpoint = scene.resource("AWS::EC2::VPCEndpoint", scene.named("EndpointId"))
    for theorem, witness in _found(scene.site, json.dumps(scene.endpoint_policy())):
        yield Violation(resource=endpoint.path, says=f"not so: {theorem}. {witness}.")


@cache
def _found(site: Site, policy: str) -> tuple[tuple[str, str], ...]:
    actions = [each.name for each in (*bucket_policy_actions(), *INVENTED_S3)]
    scenes = elsewhere(site, json.loads(policy), actions)
    found = []
    for theorem in ELSEWHERE_THEOREMS:
        contradiction = site.contradiction(
            scenes[0].request,
            ((each.action, theorem.contradicted_by(each)) for each in scenes),
            where="a bucket that is none of ours",
        )
        if contradiction is not None:
            found.append((theorem.says, contradiction))
    return tuple(found)


ENDPOINT = (
    Invariant(
        id="endpoint-elsewhere",
        says="The endpoint leads to no bucket of others, but for declared artifacts.",
        violations=_contradictions,
    ),
)
"""All of them."""
