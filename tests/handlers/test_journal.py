"""What the journal keeps, and that two deliveries cannot both write it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chaos.storage import Storage
from private_transform.handlers.journal import Book, Entry, Journal


def entry(number: int, kind: Any = "Create", name: str = "a", **more: Any) -> Entry:
    return Entry(
        request_id=f"r{number}",
        kind=kind,
        name=name,
        started="2030-01-01T00:00:00+00:00",
        **more,
    )


def succeeded(number: int, kind: Any = "Update", name: str = "a") -> Entry:
    return entry(number, kind, name, data={"k": "v"})


def adding(made: Entry) -> Callable[[Book], Book]:
    return lambda book: book.entered(made)


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def journal(storage: Storage) -> Journal:
    return Journal(s3=storage, bucket="control", key="requests/stack/1/Job.json")


def test_what_was_written_is_read_again(journal: Journal) -> None:
    book = Book(
        entries=(succeeded(1), entry(2, "Delete", failure="no")),
        disowned=frozenset({"b"}),
        gone=frozenset({"c", "d"}),
    )
    journal.change(lambda _: book)

    assert journal.read() == book


def test_nothing_is_written_when_nothing_changes(
    journal: Journal, storage: Storage
) -> None:
    assert journal.change(lambda book: book) == Book()
    assert storage.objects == {}


@pytest.mark.parametrize("first", [True, False])
def test_a_change_in_between_is_not_lost(journal: Journal, first: bool) -> None:
    if not first:
        journal.change(adding(entry(0)))
    others = iter([entry(1), entry(2)])

    def step(book: Book) -> Book:
        other = next(others, None)
        if other is not None:
            journal.change(adding(other))
        return book.entered(entry(3))

    journal.change(step)

    ids = [each.request_id for each in journal.read().entries]
    assert ids == (["r1", "r2", "r3"] if first else ["r0", "r1", "r2", "r3"])


def test_endless_contention_is_an_error_to_come_back_from(journal: Journal) -> None:
    numbers = iter(range(99))

    def step(book: Book) -> Book:
        journal.change(adding(entry(next(numbers))))
        return book.entered(entry(100))

    with pytest.raises(ClientError, match="PreconditionFailed"):
        journal.change(step)


def test_an_outcome_is_settled_once() -> None:
    book = Book(entries=(entry(1),)).settled(succeeded(1, "Create"))

    assert book.settled(entry(1, failure="later")) == book
    assert book.entries[0].data == {"k": "v"}


def test_success_is_not_for_a_request_that_was_superseded() -> None:
    book = Book(entries=(entry(1), entry(2, "Update")))

    assert book.settled(succeeded(1, "Create")) == book
    assert book.settled(entry(1, failure="given up")) != book


def test_the_outcome_of_an_unknown_request_changes_nothing() -> None:
    assert Book().settled(succeeded(1)) == Book()


A, B = succeeded(1, name="a"), succeeded(2, name="b")


@pytest.mark.parametrize(
    ("entries", "kind", "current", "disowned"),
    [
        # A clean-up after a replacement leaves what replaced it alone.
        ((A, B), "Delete", "a", set()),
        # The newest goes: with it what was kept for a roll-back.
        ((A, B), "Delete", "b", {"a"}),
        # A failed replacement goes while it is the newest that is known.
        ((A, entry(2, "Update", "b", failure="no")), "Delete", "b", {"a"}),
        # The same after a roll-back is a clean-up.
        (
            (A, entry(2, "Update", "b", failure="no"), succeeded(3, name="a")),
            "Delete",
            "b",
            set(),
        ),
        # An invented name: nothing was ever taken over.
        ((A, B), "Delete", "stack-Job-1A2B", {"a", "b"}),
        # CloudFormation never heard that b had succeeded.
        ((A, B), "Update", "a", {"b"}),
        ((A, B), "Update", "b", set()),
        ((A, B), "Create", None, set()),
    ],
)
def test_what_cloudformation_names_tells_what_it_has_forgotten(
    entries: tuple[Entry, ...], kind: str, current: str | None, disowned: set[str]
) -> None:
    assert Book(entries=entries).seen(kind, current).disowned == disowned


def test_what_is_loose_is_neither_kept_nor_gone_nor_the_requests_own() -> None:
    book = Book(
        entries=(
            succeeded(1, name="kept"),
            entry(2, "Update", "failed", failure="no"),
            entry(3, "Update", "unanswered"),
            succeeded(4, name="disowned"),
            entry(5, "Update", "gone"),
            entry(6, "Update", "own"),
            entry(7, "Update", "later"),
        ),
        disowned=frozenset({"disowned"}),
        gone=frozenset({"gone"}),
    )

    assert book.loose(book.entries[5]) == ("failed", "unanswered", "disowned")


@pytest.mark.parametrize(
    ("outcome", "unproven"),
    [
        ({"data": {}, "ended": "2030-01-01T00:10:00+00:00"}, False),
        ({"failure": "no", "ended": "2030-01-01T00:00:01+00:00"}, False),
        ({"failure": "no", "ended": "2030-01-01T00:00:05+00:00"}, True),
        # Of a journal that was written before ends were noted.
        ({"failure": "no"}, True),
        ({}, True),
    ],
)
def test_what_was_neither_made_nor_refused_at_once_may_have_made_something(
    outcome: dict[str, Any], unproven: bool
) -> None:
    book = Book(entries=(entry(1, name="a", **outcome),))

    assert (book.unproven() == {"a"}) is unproven


def test_a_removal_makes_nothing() -> None:
    assert Book(entries=(entry(1, "Delete", "a"),)).unproven() == frozenset()


def test_a_creation_goes_before_the_removal_that_overtook_it() -> None:
    removal = entry(1, "Delete", "stack-Job-1A2B")

    late = Book(entries=(removal,)).entered(entry(2))
    assert [each.request_id for each in late.entries] == ["r2", "r1"]

    next_one = late.entered(entry(3))
    assert [each.request_id for each in next_one.entries] == ["r2", "r1", "r3"]


def test_what_is_asked_for_again_is_not_disowned_any_more() -> None:
    book = Book(entries=(succeeded(1),), disowned=frozenset({"a", "b"}))

    assert book.entered(succeeded(2)).kept() == ("a", "a")
    assert book.entered(succeeded(2)).disowned == {"b"}


def test_the_newest_answer_tells_what_a_name_stands_for() -> None:
    book = Book(
        entries=(
            entry(1, name="a", data={"JobName": "a"}),
            entry(2, "Update", "a", data={"JobName": "a-2"}),
            entry(3, "Update", "b", data={"JobName": "b"}),
            entry(4, "Update", "c", failure="no"),
            entry(5, "Delete", "a", data={}),
        )
    )

    assert book.attributes("a") == {"JobName": "a-2"}
    assert book.attributes("c") is None
    assert book.previous(entry(6, "Update", "c")) == {"JobName": "b"}
    assert book.previous(entry(6, "Update", "b")) is None
    assert Book(entries=book.entries[:3]).previous(entry(6, "Update", "c")) == {
        "JobName": "b"
    }


def test_a_creation_after_a_removal_in_order_is_a_new_one() -> None:
    book = Book(entries=(entry(1), entry(2, "Delete", "a"))).entered(entry(3))

    assert [each.request_id for each in book.entries] == ["r1", "r2", "r3"]


def test_a_removal_that_is_tried_again_does_not_make_a_creation_late() -> None:
    invented = "stack-Job-1A2B"
    book = Book(
        entries=(entry(1), entry(2, "Delete", invented), entry(3, "Delete", invented))
    ).entered(entry(4))

    assert [each.request_id for each in book.entries] == ["r1", "r2", "r3", "r4"]
