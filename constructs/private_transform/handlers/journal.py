"""What was asked of one custom resource, and how it was answered.

CloudFormation delivers a request at least once, and does not say what it has given up:
after a cancelled update it sends the next request while the last is still worked on,
and after a cancelled creation it names a resource that it invented (AWS: Custom
resource request types). The journal is where the launcher remembers what it named, so
that nothing which it made is forgotten, and no request is answered in two ways.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from botocore.exceptions import ClientError

from .aws import S3, code_of
from .lifecycle import Attributes

FIRST_LOOK = timedelta(seconds=4)
"""The provider framework looks every 5 seconds; what took longer had more looks."""

_ATTEMPTS = 5
"""How often a change is tried again because another delivery made one in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request.

    Args:
        request_id: CloudFormation's; the same for each delivery.
        kind: What was asked for.
        name: The physical id: what the request makes, keeps or removes.
        started: When it was first seen, in ISO 8601.
        restores: Whether it goes back to what an earlier request had made.
        data: The attributes it was answered with, once it succeeded.
        failure: The reason it was answered with, once it failed.
        ended: When its outcome was settled, in ISO 8601.
    """

    request_id: str
    kind: Literal["Create", "Update", "Delete"]
    name: str
    started: str
    restores: bool = False
    data: Attributes | None = None
    failure: str | None = None
    ended: str | None = None

    @property
    def answered(self) -> bool:
        """Whether its outcome is settled."""
        return self.data is not None or self.failure is not None

    @property
    def is_proven(self) -> bool:
        """Whether nothing was made of which we do not know.

        A request that was refused with its first look has made nothing before.
        """
        if self.kind == "Delete" or self.succeeded:
            return True
        if self.ended is None:
            return False
        began, ended = map(datetime.fromisoformat, (self.started, self.ended))
        return ended - began <= FIRST_LOOK

    @property
    def succeeded(self) -> bool:
        """Whether its name became the resource's, as far as we know."""
        return self.kind != "Delete" and self.data is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All entries of one resource of one stack.

    Args:
        entries: Oldest first.
        disowned: Names that succeeded here but that CloudFormation never took over.
        gone: Names that are known to be removed.
    """

    entries: tuple[Entry, ...] = ()
    disowned: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def find(self, request_id: str) -> Entry | None:
        """The entry of a request."""
        return next((e for e in self.entries if e.request_id == request_id), None)

    def after(self, entry: Entry) -> tuple[Entry, ...]:
        """What was asked later."""
        return self.entries[self.entries.index(entry) + 1 :]

    def kept(self) -> tuple[str, ...]:
        """Names that CloudFormation has taken over and not asked to delete."""
        deleted = {e.name for e in self.entries if e.kind == "Delete"}
        return tuple(
            e.name
            for e in self.entries
            if e.succeeded and e.name not in deleted | self.disowned
        )

    def attributes(self, name: str) -> Attributes | None:
        """What was last answered of a name, if it became the resource's."""
        made = [e.data for e in self.entries if e.succeeded and e.name == name]
        return made[-1] if made else None

    def previous(self, entry: Entry) -> Attributes | None:
        """What the resource was before this request, if it was something else."""
        others = [name for name in self.kept() if name != entry.name]
        return self.attributes(others[-1]) if others else None

    def loose(self, entry: Entry) -> tuple[str, ...]:
        """Names that nobody owns any more and that may still have something to them."""
        owned = {entry.name, *self.kept(), *self.gone}
        earlier = self.entries[: self.entries.index(entry)]
        return tuple(dict.fromkeys(e.name for e in earlier if e.name not in owned))

    def unproven(self) -> frozenset[str]:
        """Names under which something may have been made that nobody has seen."""
        return frozenset(e.name for e in self.entries if not e.is_proven)

    def unanswered(self) -> frozenset[str]:
        """Names that a function may still be making."""
        return frozenset(
            e.name for e in self.entries if e.kind != "Delete" and not e.answered
        )

    def seen(self, kind: str, current: str | None) -> "Book":
        """As it is now that CloudFormation names `current` in a request.

        What succeeded after `current` was never taken over: the request was cancelled
        or its answer lost. A Delete says so only with an invented name; of a name of
        ours it may be the clean-up after a replacement, unless that name is the newest
        one: then the resource goes, and all that was kept for a roll-back with it.
        """
        made = [e for e in self.entries if e.kind != "Delete"]
        known = [i for i, e in enumerate(made) if e.name == current]
        if kind == "Update":
            lost = made[max(known, default=-1) + 1 :]
        elif kind == "Delete" and known:
            taken = [e for e in made if e.succeeded or e.name == current]
            lost = made if taken[-1].name == current else []
        else:
            lost = made if kind == "Delete" else []
        names = {e.name for e in lost if e.succeeded and e.name != current}
        return replace(self, disowned=self.disowned | names)

    def entered(self, entry: Entry) -> "Book":
        """With one more request, in the order in which they were asked."""
        end = len(self.entries)
        if entry.kind == "Create" and self._ends_with_delete_of_unseen():
            end -= 1
        return replace(
            self,
            entries=(*self.entries[:end], entry, *self.entries[end:]),
            disowned=self.disowned - {entry.name},
        )

    def _ends_with_delete_of_unseen(self) -> bool:
        """Whether a Delete overtook the Create that it undoes.

        It names what CloudFormation invented for a Create that did not answer, and
        nothing was there that it could mean.
        """
        if not self.entries or self.entries[-1].kind != "Delete":
            return False
        name = self.entries[-1].name
        others = [e for e in self.entries if e.name != name]
        made = any(e.name == name and e.kind != "Delete" for e in self.entries)
        return not made and (not others or others[-1].kind == "Delete")

    def last_failed(self) -> bool:
        """Whether CloudFormation has reason to roll the resource back."""
        made = [e for e in self.entries if e.kind != "Delete"]
        return bool(made) and not made[-1].succeeded

    def settled(self, answered: Entry) -> "Book":
        """With the outcome of a request, unless it is settled already.

        Success is not for a request that was superseded: what it made is removed.
        """
        entry = self.find(answered.request_id)
        if entry is None or entry.answered:
            return self
        if answered.failure is None and entry.kind != "Delete" and self.after(entry):
            return self
        return replace(
            self,
            entries=tuple(answered if e is entry else e for e in self.entries),
        )

    def without(self, names: frozenset[str]) -> "Book":
        """With names that are known to be removed."""
        return replace(self, gone=self.gone | names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The journal of one resource: one object, changed only as it was read.

    It is encrypted with S3's key and not with the environment's: when that one is
    disabled, a failing deployment must still be rolled back. It holds names only.

    Args:
        s3: Calls to S3.
        bucket: The control bucket.
        key: Where in it.
    """

    s3: S3
    bucket: str
    key: str

    def change(self, step: Callable[[Book], Book]) -> Book:
        """Apply `step` to the newest book and keep the result.

        Args:
            step: Called again when another delivery was faster.

        Raises:
            ClientError: S3 refused, or others were faster all the time.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._changed(step)
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise
        return self._changed(step)

    def read(self) -> Book:
        """The newest book."""
        return self._read()[0]

    def _changed(self, step: Callable[[Book], Book]) -> Book:
        book, condition = self._read()
        changed = step(book)
        if changed != book:
            self._write(changed, condition)
        return changed

    def _read(self) -> tuple[Book, dict[str, str]]:
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
            return Book(), {"IfNoneMatch": "*"}
        content: dict[str, Any] = json.loads(found["Body"].read())
        book = Book(
            entries=tuple(Entry(**entry) for entry in content["entries"]),
            disowned=frozenset(content["disowned"]),
            gone=frozenset(content["gone"]),
        )
        return book, {"IfMatch": found["ETag"]}

    def _write(self, book: Book, condition: Mapping[str, str]) -> None:
        content = {
            "entries": [asdict(entry) for entry in book.entries],
            "disowned": sorted(book.disowned),
            "gone": sorted(book.gone),
        }
        self.s3.put_object(
            Bucket=self.bucket,
            Key=self.key,
            Body=json.dumps(content, indent=1).encode(),
            ContentType="application/json",
            ServerSideEncryption="AES256",
            **condition,
        )
