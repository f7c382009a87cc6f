"""Who may do what, for how long, from where."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date, timedelta
from typing import TypeVar

from private_transform.environment.partial import UnknownKeyError, known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import (
    ArtifactSource,
    Environment,
    People,
    Person,
    TrustedEndpoint,
)
from private_transform.environment.yaml_source import Place

T = TypeVar("T")

DOCUMENTATION_ACCOUNT = "123456789012"
"""The account of AWS's documentation. Nobody can sign in to it, so leave that never
expires is harmless there, and an example need not be renewed every year."""

_OUTSIDE = {
    "break_glass": "A break-glass role",
    "analysts": "Athena, which an analyst asks,",
}
"""The duties that are done from outside alone, and who does so."""

_NOWHERE = {
    "key_administrators": "A key administrator",
    "operators": "An operator",
}
"""The duties that are about no bucket."""

_LONGEST_LEAVE = timedelta(days=366)


def roles_of_this_account(environment: Environment) -> Iterator[Breach]:
    """The policies name no other account, so a role of one could do nothing."""
    start = f"arn:aws:iam::{environment.account}:role/"
    for place, role in _everybody(environment.people, lambda each: each.role):
        if not role.startswith(start):
            yield Breach(
                place=(*place, "role"),
                rule=f"A role is of the environment's account: {start}...",
            )


def one_duty_each(environment: Environment) -> Iterator[Breach]:
    """A role of two duties would be refused what only one of them allows."""
    earlier: list[tuple[str, str]] = []
    for place, role in _everybody(environment.people, lambda each: each.role):
        duty = str(place[1])
        for other_duty, other in earlier:
            if _overlap(role, other):
                yield Breach(
                    place=(*place, "role"),
                    rule="A role has one duty, because each duty's limits bind it: "
                    f"this one is among the {other_duty} already.",
                    fix="Give each duty a role of its own.",
                )
                break
        earlier.append((duty, role))


def leave_by_duty(environment: Environment) -> Iterator[Breach]:
    """Some duties are for acting from outside, and some touch no bucket."""
    for place, outside in _everybody(environment.people, lambda each: each.outside):
        if place[1] in _OUTSIDE and outside is None:
            yield Breach(
                place=place,
                rule=f"{_OUTSIDE[place[1]]} acts from outside, and says why, who "
                "answers for it and until when.",
                fix="Add outside: {reason: ..., owner: ..., expires: ...}.",
            )
        if place[1] in _NOWHERE and outside is not None:
            yield Breach(
                place=(*place, "outside"),
                rule=f"{_NOWHERE[place[1]]} acts on no bucket, so there is nothing "
                "that leave could open.",
                fix="Remove outside.",
            )


def leave_in_time(environment: Environment, today: date) -> Iterator[Breach]:
    """Leave to act from outside ends by itself, and within about a year."""
    for place, expires in _leaves(environment):
        if expires is None:
            if environment.account != DOCUMENTATION_ACCOUNT:
                yield Breach(
                    place=place,
                    rule=f"Only in the fictitious account {DOCUMENTATION_ACCOUNT} may "
                    "leave last for ever.",
                    fix=f"Write a day, {today + _LONGEST_LEAVE} at the latest.",
                )
        elif expires < today:
            yield Breach(
                place=place,
                rule=f"This leave expired on {expires}; today is {today}.",
                fix="Remove the entry, or have its owner renew it.",
            )
        elif expires > today + _LONGEST_LEAVE:
            yield Breach(
                place=place,
                rule="Leave lasts at most 366 days.",
                fix=f"Write {today + _LONGEST_LEAVE} or earlier.",
            )


def endpoints_once(environment: Environment) -> Iterator[Breach]:
    """A second entry for an endpoint could hide that the first one expired."""
    earlier: set[str] = set()
    for position, id_ in known(environment.trusted_endpoints, lambda each: each.id):
        if id_ in earlier:
            yield Breach(
                place=("trusted_endpoints", position, "id"),
                rule="Each trusted endpoint is named once.",
            )
        earlier.add(id_)


def addresses_once(environment: Environment) -> Iterator[Breach]:
    """A second subscription of one address would be the same subscription."""
    for position, address in enumerate(environment.notify):
        if address in environment.notify[:position]:
            yield Breach(
                place=("notify", position),
                rule="Each address is named once.",
                fix="Remove one of the two.",
            )


def _everybody(
    people: People, read: Callable[[Person], T]
) -> Iterator[tuple[Place, T]]:
    """Place and value of each person of whom the value could be read."""
    for duty in fields(People):
        with suppress(UnknownKeyError):
            for position, value in known(getattr(people, duty.name), read):
                yield ("people", duty.name, position), value


def _leaves(environment: Environment) -> Iterator[tuple[Place, date | None]]:
    for section in ("trusted_endpoints", "artifact_sources"):
        with suppress(UnknownKeyError):
            entries: Sequence[TrustedEndpoint | ArtifactSource]
            entries = getattr(environment, section)
            for position, expires in known(entries, lambda entry: entry.expires):
                yield (section, position, "expires"), expires
    for place, outside in _everybody(environment.people, lambda each: each.outside):
        if outside is not None:
            with suppress(UnknownKeyError):
                yield (*place, "outside", "expires"), outside.expires


def _overlap(one: str, other: str) -> bool:
    """Whether two role ARNs, each perhaps ending in a wildcard, share a role."""
    for pattern, role in ((one, other), (other, one)):
        if pattern.endswith("*") and role.startswith(pattern[:-1]):
            return True
    return one == other
