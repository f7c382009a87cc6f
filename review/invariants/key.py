"""The promises about the environment's key, proved on its policy for every action."""

import json
from collections.abc import Iterator
from functools import cache

from review.plain import is_true
from review.proof.actions import INVENTED_KMS, key_policy_actions
from review.scene import Scene
from review.site import Site

from .at_key import KEY_THEOREMS, at_key
from .invariant import Invariant, Violation


def _contradictions(scene: Scene) -> Iterator[Violation]:
    key = scene.key
    for theorem, witness in _found(scene.site, json.dumps(scene.key_policy())):
        yield Violation(resource=key.path, says=f"not so: {theorem}. {witness}.")


@cache
def _found(site: Site, policy: str) -> tuple[tuple[str, str], ...]:
    scenes = at_key(site, json.loads(policy), (*key_policy_actions(), *INVENTED_KMS))
    found = []
    for theorem in KEY_THEOREMS:
        contradiction = site.contradiction(
            scenes[0].request,
            ((f"kms:{each.name}", theorem.contradicted_by(each)) for each in scenes),
            where="the environment's key",
        )
        if contradiction is not None:
            found.append((theorem.says, contradiction))
    return tuple(found)


def _settings(scene: Scene) -> Iterator[Violation]:
    key = scene.key
    for each in scene.estate.of_type("AWS::KMS::Key"):
        if each != key:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is another key, of which nothing is proved.",
            )
    for name, wanted, otherwise in (
        ("EnableKeyRotation", True, "The key's material is never renewed."),
        ("Enabled", True, "The key is disabled: nothing can be read or written."),
        ("MultiRegion", False, "The key can be replicated to other regions."),
        ("KeySpec", "SYMMETRIC_DEFAULT", "The key's material may leave KMS."),
        ("Origin", "AWS_KMS", "The key's material comes from elsewhere."),
        (
            "BypassPolicyLockoutSafetyCheck",
            False,
            "The key's policy may lock out whoever could repair it.",
        ),
    ):
        default = False if name == "EnableKeyRotation" else wanted
        given = key.properties.get(name, default)
        if (is_true(given) if isinstance(wanted, bool) else given) != wanted:
            yield Violation(resource=key.path, says=otherwise)


KEY = (
    Invariant(
        id="key-use",
        says="The key serves the services, roles and people that need it, and is "
        "managed by others.",
        violations=_contradictions,
    ),
    Invariant(
        id="key-settings",
        says="The key rotates, and its material never leaves KMS.",
        violations=_settings,
    ),
)
"""All of them."""
