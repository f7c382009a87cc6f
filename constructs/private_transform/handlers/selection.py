"""Which objects are new: not among those of an earlier run that ended well.

`selections/TRANSFORM/PLACE.json` of the control bucket: for one input prefix, the
objects that are done and those that each run has taken, by their ETags: an object that
was replaced is new. It is written under the environment's key, for it names inputs.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .names import digest
from .records import Records

Etags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a run.

    Args:
        state: `done` is well enough, `void` neither that nor still going on.
        failed: Paths of the inputs without an output, of a run that is done.
    """

    state: Literal["going", "done", "void"]
    failed: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selections:
    """Chooses what is new.

    Args:
        records: The control bucket.
        outcome: What became of an earlier run, by its name.
    """

    records: Records
    outcome: Callable[[str], Outcome]

    def new(self, transform: str, place: str, run: str, there: Etags) -> list[str]:
        """The paths that a run is to take, in order.

        Args:
            transform: The transform's name.
            place: S3 URI of the inputs.
            run: The run's name; asked again, it takes the same.
            there: ETags of the objects that are there, by their paths.

        Raises:
            ClientError: Another run chooses at this moment.
        """
        key = f"selections/{transform}/{digest(place)[:32]}.json"
        found = self.records.read(key)
        content: dict[str, Any] = found[0] if found else {"done": {}, "taken": {}}
        done: dict[str, str] = content["done"]
        taken: dict[str, dict[str, str]] = content["taken"]
        if run in taken:
            return sorted(taken[run])
        for earlier, objects in list(taken.items()):
            became = self.outcome(earlier)
            if became.state == "done":
                left_out = set(became.failed)
                done |= {k: v for k, v in objects.items() if k not in left_out}
            if became.state != "going":
                del taken[earlier]
        known = dict(done)
        for objects in taken.values():
            known |= objects
        new = {path: etag for path, etag in there.items() if known.get(path) != etag}
        kept = {
            # What is there no more can never be taken for new.
            "done": {path: etag for path, etag in done.items() if path in there},
            "taken": {**taken, run: new},
        }
        condition = {"IfMatch": found[1]} if found else {"IfNoneMatch": "*"}
        self.records.write(key, kept, **condition)
        return sorted(new)
