"""Who may do what, for how long, from where."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta

from private_transform.environment.catalogue import REGIONS
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, People, Person
from private_transform.environment.yaml_source import Place

DOCUMENTATION_ACCOUNT = "123456789012"
"""The account of AWS's documentation. Nobody can sign in to it, so leave that never
expires is harmless there and lets the rehearsal's environment stay as it is."""

_LONGEST_LEAVE = timedelta(days=366)


def roles_of_this_account(environment: Environment) -> Iterator[Breach]:
    """The policies name no other account, so a role of one could do nothing."""
    partition = REGIONS[environment.region].partition
    start = f"arn:{partition}:iam::{environment.account}:role/"
    for place, person in _everybody(environment.people):
        if not person.role.startswith(start):
            yield Breach(
                place=(*place, "role"),
                rule=f"A role is of the environment's account: {start}...",
            )


def one_duty_each(environment: Environment) -> Iterator[Breach]:
    """A role of two duties would be refused what only one of them allows."""
    earlier: list[tuple[str, str]] = []
    for place, person in _everybody(environment.people):
        duty = str(place[1])
        for other_duty, other in earlier:
            if _overlap(person.role, other):
                yield Breach(
                    place=(*place, "role"),
                    rule="A role has one duty, because each duty's limits bind it: "
                    f"this one is among the {other_duty} already.",
                    fix="Give each duty a role of its own.",
                )
                break
        earlier.append((duty, person.role))


def leave_by_duty(environment: Environment) -> Iterator[Breach]:
    """Break-glass is for acting from outside; key administrators touch no bucket."""
    for position, person in enumerate(environment.people.break_glass):
        if person.outside is None:
            yield Breach(
                place=("people", "break_glass", position),
                rule="A break-glass role acts from outside, and says why, who answers "
                "for it and until when.",
                fix="Add outside: {reason: ..., owner: ..., expires: ...}.",
            )
    for position, person in enumerate(environment.people.key_administrators):
        if person.outside is not None:
            yield Breach(
                place=("people", "key_administrators", position, "outside"),
                rule="A key administrator acts on no bucket, so there is nothing "
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
    ids = [endpoint.id for endpoint in environment.trusted_endpoints]
    for position, endpoint in enumerate(ids):
        if endpoint in ids[:position]:
            yield Breach(
                place=("trusted_endpoints", position, "id"),
                rule="Each trusted endpoint is named once.",
            )


def _everybody(people: People) -> Iterator[tuple[Place, Person]]:
    for duty in fields(people):
        for position, person in enumerate(getattr(people, duty.name)):
            yield ("people", duty.name, position), person


def _leaves(environment: Environment) -> Iterator[tuple[Place, date | None]]:
    for position, endpoint in enumerate(environment.trusted_endpoints):
        yield ("trusted_endpoints", position, "expires"), endpoint.expires
    for position, source in enumerate(environment.artifact_sources):
        yield ("artifact_sources", position, "expires"), source.expires
    for place, person in _everybody(environment.people):
        if person.outside is not None:
            yield (*place, "outside", "expires"), person.outside.expires


def _overlap(one: str, other: str) -> bool:
    """Whether two role ARNs, each perhaps ending in a wildcard, share a role."""
    for pattern, role in ((one, other), (other, one)):
        if pattern.endswith("*") and role.startswith(pattern[:-1]):
            return True
    return one == other
