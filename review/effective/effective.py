"""Which actions become possible, or cease to be, for whom and on which way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from review.change import Change
from review.proof.actions import familiar_first
from review.proof.formulas import Formula, UnsupportedPolicyError
from review.proof.patience import UndecidedError
from review.proof.possible import possible
from review.scene import Scene

from .case import Case, asked, case_of
from .principals import Principal, principals
from .reach import Reach
from .targets import TARGETS, Target, target

NOT_AT_ALL = "not at all"
UNUSABLE = "granted, but unusable"
_SHOWN = 4
"""How many of its principals and actions a row names."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class EffectiveAccess:
    """Actions at one place that fare alike for some people.

    Args:
        principals: Who.
        resource: Where.
        actions: What; none where not even that can be told.
        before: On which ways it was possible; empty where that cannot be told, or
            everything is created.
        after: On which ways it is possible, or why that cannot be told.
    """

    principals: tuple[str, ...]
    resource: str
    actions: tuple[str, ...] = ()
    before: str = ""
    after: str

    @property
    def who(self) -> tuple[tuple[str, ...], int]:
        """Some of the principals, and how many more there are."""
        return _some(self.principals)

    @property
    def what(self) -> tuple[tuple[str, ...], int]:
        """Some of the actions, and how many more there are."""
        return _some(self.actions)


def _some(names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    return names[:_SHOWN], max(0, len(names) - _SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """Everybody and every place of one side, or why they cannot be read."""

    people: Mapping[str, Principal | str]
    places: Mapping[str, Target | str]

    def case(self, who: str, where: str) -> Case | None:
        """None for who is not there, or cannot be read."""
        person, there = self.people.get(who), self.places.get(where)
        if isinstance(person, Principal) and isinstance(there, Target):
            return case_of(person, there)
        return None


_Groups = Mapping[str, list[list[str]]]
"""Actions to ask about, by who asks; those of one group fare alike."""

_Fates = Mapping[tuple[str, str], str]
"""On which ways somebody can do something."""


def effective_access(change: Change) -> list[EffectiveAccess]:
    """What differs; of what is created, all that is possible."""
    old, new = _side(change.before), _side(change.after)
    if old == new:
        return []
    unread = _unread(old.people, new.people)
    rows = [_unclear(who, "everything", why) for who, why in unread.items()]
    unknown = _unread(old.places, new.places)
    rows += [_unclear("anybody", where, why) for where, why in unknown.items()]
    people = sorted((old.people.keys() | new.people.keys()) - unread.keys())
    for where in TARGETS:
        if where not in unknown:
            rows += _at(where, people, old, new)
    return sorted(rows)


def _side(scene: Scene | None) -> _Side:
    if scene is None:
        return _Side(people={}, places={})
    places = {name: target(scene, name) for name in TARGETS}
    return _Side(people=principals(scene), places=places)


def _unread(*sides: Mapping[str, object]) -> dict[str, str]:
    return {
        name: each
        for side in sides
        for name, each in side.items()
        if isinstance(each, str)
    }


def _unclear(who: str, where: str, why: str) -> EffectiveAccess:
    return EffectiveAccess(principals=(who,), resource=where, after=_cannot_tell(why))


def _cannot_tell(why: object) -> str:
    return f"cannot be told: {why}"


def _at(
    where: str, people: list[str], old: _Side, new: _Side
) -> Iterator[EffectiveAccess]:
    was = {who: old.case(who, where) for who in people}
    now = {who: new.case(who, where) for who in people}
    differ = [who for who in people if was[who] != now[who]]
    groups = {who: asked(was[who], now[who]) for who in differ}
    try:
        before, after = _fates(was, groups), _fates(now, groups)
    except (UnsupportedPolicyError, UndecidedError) as error:
        yield _unclear("anybody", where, str(error))
        return
    created = where not in old.places
    for (what, fate, becomes), whom in _alike(groups, before, after).items():
        yield EffectiveAccess(
            principals=tuple(whom),
            resource=where,
            actions=what,
            before="" if created else fate,
            after=becomes,
        )


def _alike(
    groups: _Groups, before: _Fates, after: _Fates
) -> dict[tuple[tuple[str, ...], str, str], list[str]]:
    """Who fares alike, by actions and what becomes of them."""
    people: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for who, alike in groups.items():
        differ: dict[tuple[str, str], list[str]] = {}
        for actions in alike:
            one = (who, actions[0])
            fates = before.get(one, NOT_AT_ALL), after.get(one, NOT_AT_ALL)
            if fates[0] != fates[1]:
                differ.setdefault(fates, []).extend(actions)
        for fates, found in differ.items():
            people.setdefault(
                (tuple(familiar_first(sorted(found))), *fates), []
            ).append(who)
    return people


def _fates(cases: Mapping[str, Case | None], groups: _Groups) -> _Fates:
    """What becomes of each first action of a group; nothing of who is not there."""
    known = {who: case for who, case in cases.items() if case and groups.get(who)}
    if not known:
        return {}
    there = next(iter(known.values())).there
    reach = Reach(there)
    ask = partial(
        possible,
        reach.request,
        partition=there.place.partition,
        account=there.place.account,
    )
    fates: dict[tuple[str, str], str] = {}
    ways: dict[tuple[str, str, str], Formula] = {}
    granted: dict[tuple[str, str], Formula] = {}
    for who, case in known.items():
        thinkable = case.thinkable()
        actions = [group[0] for group in groups[who] if group[0] in thinkable]
        try:
            rights = reach.rights(case.who)
        except UnsupportedPolicyError as error:
            fates |= {(who, action): _cannot_tell(error) for action in actions}
            continue
        for action in actions:
            ways |= {(who, action, way): f for way, f in reach.ways(rights, action)}
            if case.who.rights is not None:
                granted[who, action] = reach.granted(rights, action)
    open_ways: dict[tuple[str, str], list[str]] = {}
    for (who, action, way), is_possible in ask(ways).items():
        if is_possible:
            open_ways.setdefault((who, action), []).append(way)
    fates |= {one: " and ".join(found) for one, found in open_ways.items()}
    vain = {one: asked for one, asked in granted.items() if one not in fates}
    fates |= {one: UNUSABLE for one, is_granted in ask(vain).items() if is_granted}
    return fates
