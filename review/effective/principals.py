"""Who asks: roles, declared people, and anybody else in the account."""

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from review.identity import arn_of, rights_of, roles
from review.proof.formulas import Formula, all_of
from review.proof.request import Request
from review.scene import Document, Scene, UnclearError

ANYBODY_ELSE = "anybody else in the account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody, or some people who fare alike.

    Args:
        arns: ARN patterns of who it is, or of who it is not.
        is_anybody_else: Whether it is everybody of the account who is none of them.
        rights: Its own policies; None for whom these are elsewhere, and every right is
            assumed.
    """

    arns: tuple[str, ...]
    is_anybody_else: bool = False
    rights: Document | None = None

    def signs(self, request: Request, *, account: str) -> Formula:
        """It signed the request."""
        named = request.signed_by(*self.arns)
        if not self.is_anybody_else:
            return named
        ours = request.equals("aws:PrincipalAccount", account)
        return all_of([ours, z3.Not(named)])


def principals(scene: Scene) -> dict[str, Principal | str]:
    """Everybody by how a report names them, or why it cannot be told what they may."""
    return dict(_principals(scene))


def _principals(scene: Scene) -> Iterator[tuple[str, Principal | str]]:
    perimeter, place = scene.declared.perimeter, scene.place
    outside = (
        *perimeter.uploaders,
        *perimeter.readers,
        *perimeter.analysts,
        *perimeter.key_administrators,
        *perimeter.break_glass,
        *perimeter.deployment_roles,
        f"arn:{place.partition}:iam::{place.account}:root",
    )
    for arn in outside:
        yield arn, Principal(arns=(arn,))
    # What lies on the environment's path is the environment's, as the proofs have it.
    known = {perimeter.environment_roles, *outside}
    for role in roles(scene):
        arn = arn_of(scene, role)
        if not arn.startswith(perimeter.environment_roles.removesuffix("*")):
            known.add(arn)
        try:
            rights = rights_of(scene, role)
        except UnclearError as error:
            yield role.path, str(error)
        else:
            yield role.path, Principal(arns=(arn,), rights=rights)
    yield ANYBODY_ELSE, Principal(arns=tuple(sorted(known)), is_anybody_else=True)
