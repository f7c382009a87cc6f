"""The life of a custom resource that makes something with a name of its own.

One flow for models and jobs: name it, make it, remove what nobody owns any more. What
a name stands for is the business of the `Maker`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from botocore.exceptions import ClientError

from .advice import sentence
from .aws import FAILURES, S3, is_transient, words_of
from .journal import Book, Entry, Journal
from .lifecycle import (
    UNSEEN,
    WAIT_LIMIT,
    Answer,
    Attributes,
    LauncherError,
    Properties,
    Request,
    done,
    not_yet,
)
from .names import Names

UNSEEN_LIMIT = timedelta(seconds=30)
"""How long AWS may answer for what was just made as if it did not exist."""

FUNCTION_LIMIT = timedelta(minutes=2)
"""How long a function that has not heard of a later request may go on making things."""


class Maker(Protocol):
    """Makes and removes what a name stands for. Each call is short and repeatable."""

    def digest(self, properties: Properties) -> str:
        """What decides whether something new is to be made."""

    def make(
        self,
        name: str,
        request: Request,
        *,
        before: Attributes | None,
        restores: bool,
        previous: Attributes | None,
    ) -> Attributes | None:
        """See that it exists: its attributes, or None while it is not done.

        Args:
            name: What to make.
            request: What it is to be like.
            before: The attributes it was answered with, if it was made already.
            restores: Whether the request goes back to it: that must not fail.
            previous: The attributes of what the resource was before, if another.
        """

    def remove(self, name: str) -> str | None:
        """Work towards its end: None once it is gone, or what is in the way.

        `UNSEEN` where there is nothing of that name, as far as AWS tells.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Answers CloudFormation's requests for one kind of resource.

    Args:
        maker: Makes and removes.
        s3: Calls to S3, for the journal.
        bucket: The control bucket.
        now: The clock.
    """

    maker: Maker
    s3: S3
    bucket: str
    now: Callable[[], datetime]

    def begin(self, request: Request) -> Answer:
        """Name the resource and note the request; nothing is made yet.

        A failure here costs CloudFormation the name, and the framework swallows the
        Delete that would follow a Create (AWS CDK: Provider Framework). So only an
        Update, which has a name already, may fail here.
        """
        try:
            _, entry = self._entered(request)
        except FAILURES as error:
            if request.kind == "Update" or not is_transient(error):
                raise
            entry = self._entry(request, Book())
        return {"PhysicalResourceId": entry.name, "StartedAt": self.now().isoformat()}

    def finished(self, request: Request) -> Answer:
        """Do what is asked, and answer each delivery of it in the same way.

        The time that a request may take counts from its first delivery.
        """
        book, entry = self._entered(request)
        if self._is_late(entry, book):
            self._swept(request, (entry.name,), unsure=frozenset({entry.name}))
            return not_yet()
        if not entry.answered:
            asked = replace(request, started=_time(entry))
            try:
                entry = self._worked(asked, entry, book)
            except LauncherError as error:
                entry = replace(entry, failure=str(error))
            except ClientError as error:
                if is_transient(error):
                    raise
                refusal = sentence(
                    "AWS refused a call of the launcher.", words_of(error)
                )
                entry = replace(entry, failure=str(LauncherError(refusal)))
            if not entry.answered:
                return not_yet()
            entry = replace(entry, ended=self.now().isoformat())
            book, entry = self._settled(request, entry)
            if self._is_late(entry, book):
                return not_yet()
        if entry.failure is not None:
            raise LauncherError(entry.failure)
        return done(entry.data) if entry.data is not None else not_yet()

    def _entered(self, request: Request) -> tuple[Book, Entry]:
        """The journal with this request in it, and its entry."""
        journal = self._journal(request)
        book = journal.read()
        found = book.find(request.request_id)
        if found is not None:
            return book, found
        kind, current = request.kind, request.physical_id
        entry = self._entry(request, book.seen(kind, current))
        book = journal.change(
            lambda newest: (
                newest
                if newest.find(entry.request_id)
                else newest.seen(kind, current).entered(entry)
            )
        )
        return book, book.find(entry.request_id) or entry

    def _entry(self, request: Request, book: Book) -> Entry:
        name, restores = self._named(request, book)
        started = request.started or self.now()
        return Entry(
            request_id=request.request_id,
            kind=request.kind,
            name=name,
            started=started.isoformat(),
            restores=restores,
        )

    def _named(self, request: Request, book: Book) -> tuple[str, bool]:
        """The name, and whether it goes back to something made earlier.

        A roll-back is an Update like any other. It is known by a name of the wanted
        digest that CloudFormation had taken over before, after another digest or after
        a failure; it makes nothing new.
        """
        current = request.physical_id
        if current is not None and (request.kind == "Delete" or request.started):
            return current, False
        names, wanted = _names(request), self.maker.digest(request.properties)
        own = names.name(wanted, request.request_id)
        if current is None:
            return own, False
        family = names.family(wanted)
        kept = [name for name in book.kept() if name.startswith(family)]
        changed = self.maker.digest(request.old_properties) != wanted
        if kept and (changed or book.last_failed()):
            return kept[-1], True
        # Not what only a failed request has named: that one is to be made again.
        return (current if current in kept else own), False

    def _worked(self, request: Request, entry: Entry, book: Book) -> Entry:
        """One step of work; the entry is answered once all is done."""
        if request.kind == "Delete":
            return self._deleted(request, entry, book)
        if book.after(entry):
            raise LauncherError("CloudFormation gave this request up for a later one.")
        loose, unsure = book.loose(entry), self._unsure(entry, book)
        obstacles = self._swept(request, loose, unsure=unsure)
        made = self.maker.make(
            entry.name,
            request,
            before=book.attributes(entry.name),
            restores=entry.restores,
            previous=book.previous(entry),
        )
        if UNSEEN in obstacles.values():
            return entry
        return replace(entry, data=made)

    def _deleted(self, request: Request, entry: Entry, book: Book) -> Entry:
        names, unsure = (entry.name, *book.loose(entry)), self._unsure(entry, book)
        obstacles = self._swept(request, names, unsure=unsure)
        if not obstacles:
            return replace(entry, data={})
        if request.waited_longer_than(WAIT_LIMIT, self.now()):
            raise LauncherError("\n".join(list(obstacles.values())[:3]))
        return entry

    def _is_late(self, entry: Entry, book: Book) -> bool:
        """Whether another delivery of a request that was given up may just make things.

        CloudFormation has moved on, so that what it makes is nobody's.
        """
        later = book.after(entry)
        if entry.kind == "Delete" or not later:
            return False
        owned = {e.name for e in later if e.kind != "Delete"}.union(book.kept())
        passed = self.now() - _time(later[0])
        return entry.name not in owned and passed <= FUNCTION_LIMIT + UNSEEN_LIMIT

    def _unsure(self, entry: Entry, book: Book) -> frozenset[str]:
        """Names of which `entry` may not believe yet that nothing is there.

        A request may have been refused what it asked for again, when it had just made
        something that AWS does not show yet. One without an outcome may have a function
        that is still at it.
        """
        waited = self.now() - _time(entry)
        if waited <= UNSEEN_LIMIT:
            return book.unproven()
        late = waited <= FUNCTION_LIMIT + UNSEEN_LIMIT
        return book.unanswered() if late else frozenset()

    def _swept(
        self, request: Request, names: tuple[str, ...], *, unsure: frozenset[str]
    ) -> dict[str, str]:
        """Remove what is ours of `names`: what is in the way, by name.

        That nothing is seen of a name is in the way if it is `unsure`.
        """
        ours = [name for name in names if _names(request).owns(name)]
        found = {name: self.maker.remove(name) for name in ours}
        obstacles = {
            name: why
            for name, why in found.items()
            if why is not None and (why is not UNSEEN or name in unsure)
        }
        gone = frozenset(ours) - obstacles.keys()
        if gone:
            self._journal(request).change(lambda book: book.without(gone))
        return obstacles

    def _settled(self, request: Request, answered: Entry) -> tuple[Book, Entry]:
        book = self._journal(request).change(lambda book: book.settled(answered))
        return book, book.find(request.request_id) or answered

    def _journal(self, request: Request) -> Journal:
        stack = request.stack_id.partition(":stack/")[2]
        return Journal(
            s3=self.s3,
            bucket=self.bucket,
            key=f"requests/{stack}/{request.logical_id}.json",
        )


def _time(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.started)


def _names(request: Request) -> Names:
    return Names(
        environment=request.properties["Environment"],
        transform=request.properties["Transform"],
    )
