"""What must never happen with the data key, in plain words.

Nobody's identity policy helps: everyone is assumed to be allowed everything there.
Action names are written out, so that a wrong group in the product is noticed too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from private_transform.lock import Document
from review.proof.actions import access_level
from review.proof.formulas import FALSE, Formula, all_of, any_of, literal
from review.proof.patterns import arn_like
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.site import Site

_CALLER = "aws:PrincipalServiceName"
CRYPTOGRAPHY = {"Decrypt", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "Sign"}


@dataclass(frozen=True, slots=True)
class AtKey:
    """One action at the data key."""

    site: Site
    name: str
    request: Request
    passes: Formula

    def by(self, *roles: str) -> Formula:
        """One of these roles signed it."""
        return self.request.signed_by(*roles)

    @property
    def by_administrators(self) -> Formula:
        """Somebody signed it who manages the key."""
        people = self.site.perimeter
        return self.by(*people.key_administrators, *people.deployment_roles)

    @property
    def by_a_service(self) -> Formula:
        """A service makes it for a resource of the environment."""
        request, served = self.request, self.site.services
        place = self.site.perimeter
        ours = request.equals("aws:SourceAccount", place.account)
        group, trail = "kms:EncryptionContext:aws:logs:arn", "aws:SourceArn"
        return any_of(
            [
                all_of(
                    [
                        request.equals(_CALLER, self.site.service("logs")),
                        request.present(group),
                        any_of(
                            arn_like(request.value(group), each)
                            for each in served.log_groups
                        ),
                    ]
                ),
                all_of(
                    [
                        request.equals(_CALLER, "cloudtrail.amazonaws.com"),
                        request.present(trail),
                        any_of(
                            arn_like(request.value(trail), each)
                            for each in served.trails
                        ),
                    ]
                ),
                all_of([request.among(_CALLER, served.publishers), ours]),
            ]
        )


@dataclass(frozen=True, slots=True)
class KeyTheorem:
    """A sentence, and the requests that would contradict it."""

    says: str
    contradicted_by: Callable[[AtKey], Formula]


def _administrator_uses(at: AtKey) -> Formula:
    changes_nothing = access_level("kms", at.name) in ("Read", "List")
    meant = changes_nothing or at.name in _ADMINISTRATION
    return FALSE if meant else all_of([at.passes, at.by_administrators])


def _others_administer(at: AtKey) -> Formula:
    if at.name not in _ADMINISTRATION:
        return FALSE
    root = at.by(at.site.root)
    return all_of([at.passes, z3.Not(any_of([at.by_administrators, root]))])


def _others_rewrite(at: AtKey) -> Formula:
    if at.name != "PutKeyPolicy":
        return FALSE
    root = at.site.root
    deployment = at.by(*at.site.perimeter.deployment_roles, root)
    return all_of([at.passes, z3.Not(deployment)])


def _used_past_s3(at: AtKey) -> Formula:
    if at.name not in CRYPTOGRAPHY:
        return FALSE
    request, people = at.request, at.site.perimeter
    s3 = request.equals("kms:ViaService", at.site.service("s3"))
    ours = z3.PrefixOf(
        literal(at.site.bucket_pattern.removesuffix("*")),
        request.value("kms:EncryptionContext:aws:s3:arn"),
    )
    excused = any_of(
        [
            at.by(people.execution_roles),
            at.by_a_service,
            all_of(
                [
                    at.by(people.environment_roles),
                    request.equals("kms:ViaService", at.site.service("sns")),
                ]
            ),
        ]
    )
    return all_of([at.passes, z3.Not(all_of([s3, ours])), z3.Not(excused)])


def _unnamed_uses(at: AtKey) -> Formula:
    if at.name not in CRYPTOGRAPHY:
        return FALSE
    people = at.site.perimeter
    named = at.by(
        people.environment_roles,
        *people.break_glass,
        *people.uploaders,
        *people.readers,
        *people.analysts,
    )
    return all_of([at.passes, z3.Not(named), z3.Not(at.by_a_service)])


def _grant(at: AtKey) -> Formula:
    if at.name != "CreateGrant":
        return FALSE
    meant = all_of(
        [
            at.by(at.site.perimeter.execution_roles),
            at.request.present("kms:GrantIsForAWSResource"),
            at.request.value("kms:GrantIsForAWSResource"),
        ]
    )
    return all_of([at.passes, z3.Not(meant)])


def _foreign(at: AtKey) -> Formula:
    ours = at.request.equals("aws:PrincipalAccount", at.site.perimeter.account)
    return all_of([at.passes, z3.Not(ours), z3.Not(at.request.by_service)])


_ADMINISTRATION = {
    "CancelKeyDeletion",
    "CreateAlias",
    "DeleteAlias",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "PutKeyPolicy",
    "RevokeGrant",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
}

KEY_THEOREMS = (
    KeyTheorem("who administers the key never uses it", _administrator_uses),
    KeyTheorem("only administrators and root administer", _others_administer),
    KeyTheorem("only deployment and root rewrite the policy", _others_rewrite),
    KeyTheorem("people use the key for S3 and our buckets only", _used_past_s3),
    KeyTheorem("only the environment and named people use the key", _unnamed_uses),
    KeyTheorem("only jobs lend the key, to AWS resources", _grant),
    KeyTheorem("nobody from outside the account, unless a service", _foreign),
)


def at_key(site: Site, document: Document, actions: tuple[str, ...]) -> list[AtKey]:
    """Read the key's policy for one request and all actions."""
    request = Request()
    reading = Reading(request, document, Resource(site.key_arn))
    return [
        AtKey(site, action.removeprefix("kms:"), request, reading.allows(action))
        for action in actions
    ]
