"""When somebody can do something at a bucket or with the key, and on which way.

Within the account, a bucket's policy has to stop what it does not want, and the key's
has to let through what it wants. The endpoint has its say about what comes through it.
AWS: Policy evaluation logic; Key policies in AWS KMS.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import z3

from review.invariants.at_bucket import CUSTOMER_KEY, ENCRYPTION, KEY_ID
from review.proof.formulas import Formula, all_of, any_of
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.scene import Document

from .case import NEEDS, OBJECTS
from .direct import direct
from .principals import Principal
from .targets import Target

Place = Literal["itself", "below", "key"]


class Reach:
    """What somebody can do at a target; who they are, each question says.

    Args:
        target: The target.

    Attributes:
        request: What all formulas speak of.

    Raises:
        UnsupportedPolicyError: A policy cannot be read exactly.
    """

    def __init__(self, target: Target) -> None:
        self.request, self._target = Request(), target
        self._places: Mapping[Place, Resource] = {
            "itself": Resource(target.arn),
            "below": Resource(f"{target.arn}/", self.request.object_key),
            "key": Resource(target.key_arn),
        }
        self._policy = self._gate(target.policy, must_allow=target.is_key)
        self._key = self._gate(target.key, must_allow=True)
        self._endpoint = self._read(target.endpoint)

    def rights(self, who: Principal) -> "Rights":
        """Somebody's own policies, read for the same request."""
        return Rights(who=who, at=self._read(who.rights))

    def ways(self, rights: "Rights", action: str) -> Iterator[tuple[str, Formula]]:
        """The ways on which a request may come, and when the action is possible so."""
        place = _place(action)
        allowed = all_of(
            [
                self._by(rights.who),
                self._policy[place].lets(rights.at.get(place), action),
                *self._contents(rights, action),
            ]
        )
        for way, comes in self._ways(place, action):
            yield way, all_of([allowed, comes])

    def granted(self, rights: "Rights", action: str) -> Formula:
        """When somebody's own policies allow it, whatever others say."""
        own = rights.at[_place(action)].allows(action)
        return all_of([self._by(rights.who), own])

    def _by(self, who: Principal) -> Formula:
        account = self._target.place.account
        return all_of(
            [
                who.signs(self.request, account=account),
                self.request.equals("aws:ResourceAccount", account),
                self.request.equals("kms:CallerAccount", account),
            ]
        )

    def _ways(self, place: Place, action: str) -> Iterator[tuple[str, Formula]]:
        request, ids = self.request, self._target.endpoint_ids
        if self._target.is_key:
            through = request.present("kms:ViaService")
            yield from (("through a service", through), ("directly", z3.Not(through)))
            return
        ours = request.equals("aws:SourceVpce", ids[0])
        yield "inside", all_of([ours, self._endpoint[place].allows(action)])
        if ids[1:]:
            # What the policies of others' endpoints say, no template tells.
            yield "another endpoint", request.among("aws:SourceVpce", ids[1:])
        yield "outside", z3.Not(request.among("aws:SourceVpce", ids))

    def _contents(self, rights: "Rights", action: str) -> Iterator[Formula]:
        """Contents are encrypted and decrypted by who reads and writes them."""
        if action not in NEEDS or not self._key:
            return
        request, target = self.request, self._target
        # AWS: Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys.
        context = "kms:EncryptionContext:aws:s3:arn"
        whole = request.equals(context, target.arn)
        each = z3.PrefixOf(z3.StringVal(f"{target.arn}/"), request.value(context))
        lent = all_of(
            [
                request.equals("kms:ViaService", target.s3),
                any_of([whole, all_of([request.present(context), each])]),
                self._key["key"].lets(rights.at.get("key"), NEEDS[action]),
            ]
        )
        yield any_of([lent, self._other_key()]) if action == "s3:PutObject" else lent

    def _other_key(self) -> Formula:
        request = self.request
        another = z3.Not(request.equals(KEY_ID, self._target.key_arn))
        return any_of(
            [
                request.present(CUSTOMER_KEY),
                all_of([request.present(KEY_ID), another]),
                all_of(
                    [
                        request.present(ENCRYPTION),
                        z3.Not(request.equals(ENCRYPTION, "aws:kms")),
                    ]
                ),
            ]
        )

    def _gate(
        self, document: Document | None, *, must_allow: bool
    ) -> Mapping[Place, "_Gate"]:
        if document is None:
            return {}
        whole, alone = self._read(document), self._read(direct(document))
        return {
            place: _Gate(whole=whole[place], alone=alone[place], must_allow=must_allow)
            for place in whole
        }

    def _read(self, document: Document | None) -> Mapping[Place, Reading]:
        if document is None:
            return {}
        return {
            place: Reading(self.request, document, resource)
            for place, resource in self._places.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Somebody, and their own policies by place; none stands for every right."""

    who: Principal
    at: Mapping[Place, Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A resource's policy: all of it, and what it gives by itself."""

    whole: Reading
    alone: Reading
    must_allow: bool

    def lets(self, mine: Reading | None, action: str) -> Formula:
        stops = self.whole.denies(action)
        theirs = self.whole.allows(action) if self.must_allow else z3.Not(stops)
        if mine is None:
            return theirs
        return any_of(
            [
                all_of([mine.allows(action), theirs]),
                all_of([self.alone.allows(action), z3.Not(mine.denies(action))]),
            ]
        )


def _place(action: str) -> Place:
    return "below" if action in OBJECTS else "itself"
