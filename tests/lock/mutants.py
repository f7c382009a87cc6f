"""Documents with one mistake each: the kind that reviews miss and proofs must find."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from private_transform.lock import Document, Statement
from review.site import Site
from tests.lock.sites import documents_of

Change = Callable[[Document], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake in one document; an equivalent rewrite is no mistake."""

    name: str
    guarded: str
    change: Change
    site: Site
    equivalent: bool

    def document(self) -> Document:
        """Make the document with its mistake in it."""
        document = documents_of(self.site)[self.guarded]
        before = deepcopy(document)
        self.change(document)
        if document == before:
            raise AssertionError(f"the mutant {self.name!r} changes nothing")
        return document


def mutants(
    site: Site,
    guarded: str,
    changes: Mapping[str, Change],
    *,
    equivalent: bool = False,
) -> Iterator[Mutant]:
    """Make one mutant of each change, under the name of the mistake."""
    for name, change in changes.items():
        yield Mutant(name, guarded, change, site, equivalent)


def _statement(document: Document, sid: str) -> Statement:
    return next(s for s in document["Statement"] if s["Sid"] == sid)


def drop(sid: str) -> Change:
    """Leave the statement out."""
    return lambda document: document["Statement"].remove(_statement(document, sid))


def put(sid: str, element: str, value: Any) -> Change:
    """Give an element of the statement another value."""
    return lambda document: _statement(document, sid).update({element: value})


def rename(sid: str, element: str, new: str) -> Change:
    """Give an element of the statement another name."""

    def change(document: Document) -> None:
        statement = _statement(document, sid)
        statement[new] = statement.pop(element)

    return change


def operator(sid: str, old: str, new: str) -> Change:
    """Put another condition operator in the place of one."""

    def change(document: Document) -> None:
        condition = _statement(document, sid)["Condition"]
        condition[new] = condition.pop(old)

    return change


def without(sid: str, operator: str, key: str) -> Change:
    """Leave a condition key out."""

    def change(document: Document) -> None:
        condition = _statement(document, sid)["Condition"]
        del condition[operator][key]
        if not condition[operator]:
            del condition[operator]

    return change


def value(sid: str, operator: str, key: str, value: Any) -> Change:
    """Compare a condition key with another value."""

    def change(document: Document) -> None:
        condition = _statement(document, sid)["Condition"]
        condition[operator] = {**condition.get(operator, {}), key: value}

    return change


def condition_key(sid: str, operator: str, old: str, new: str) -> Change:
    """Ask for another condition key."""

    def change(document: Document) -> None:
        keys = _statement(document, sid)["Condition"][operator]
        keys[new] = keys.pop(old)

    return change


def action(sid: str, name: str) -> Change:
    """Name one more action."""

    def change(document: Document) -> None:
        statement = _statement(document, sid)
        statement["Action" if "Action" in statement else "NotAction"].append(name)

    return change


def no_action(sid: str, name: str) -> Change:
    """Name one action less."""

    def change(document: Document) -> None:
        statement = _statement(document, sid)
        statement["Action" if "Action" in statement else "NotAction"].remove(name)

    return change


def resource(sid: str, index: int) -> Change:
    """Keep only one of the statement's resources."""

    def change(document: Document) -> None:
        statement = _statement(document, sid)
        statement["Resource"] = [statement["Resource"][index]]

    return change


def each(*changes: Change) -> Change:
    """Make several changes."""

    def change(document: Document) -> None:
        for each in changes:
            each(document)

    return change
