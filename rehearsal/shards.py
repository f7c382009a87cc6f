"""A run in shards, one of which fails and is run once more."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

from rehearsal.machine import Evidence, Machine
from rehearsal.report import RunRow
from rehearsal.runs import HALF_A_PHOTOGRAPH

_HALF = "half.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class InShards(Machine):
    """What happens to one transform that is run over several lists at once."""

    def pass_by(self) -> Iterator[RunRow]:
        """Run it; one row for each shard, and for each run of all of them."""
        name, first = self.transform.name, self.photographs()[0]
        self.put_photograph(_HALF, HALF_A_PHOTOGRAPH)
        folder = f"shards/{name}/"
        self.put_list(f"{folder}one.json", [first])
        self.put_list(f"{folder}two.json", [_HALF])
        self.put_list(f"{folder}all.json", ["one.json", "two.json"], of_inputs=False)
        run = yield from self._run(
            name, {}, {"one.json": "Completed", "two.json": "Failed"}, whole="Failed"
        )
        self.put_photograph(_HALF, self.photograph(first))
        yield from self._run(
            f"{name}, what failed once more",
            {"again": run},
            {"two.json": "Completed"},
            whole="Completed",
        )

    def _run(
        self,
        name: str,
        given: dict[str, str],
        shards: Mapping[str, str],
        *,
        whole: str,
    ) -> Generator[RunRow, None, str]:
        """The rows of one run, and its name in the end.

        Args:
            name: What to call it.
            given: The execution's input.
            shards: The status that each shard should have.
            whole: The status that all of it should have.
        """
        execution = self.start(given)
        (left,) = self.evidence(
            lambda by: by.get("execution") == execution,
            otherwise=f"{execution} left no evidence",
        )
        found = self.evidence(
            lambda by: by.get("shard_of") == left["name"],
            otherwise=f"the shards of {execution} left no evidence",
            count=len(shards),
        )
        for each in sorted(found, key=_shard):
            status = shards[_shard(each)]
            yield self.told(f"{name}, shard {_shard(each)}", status, each)
        yield self.told(f"{name}, all shards", whole, left, failed="Failed")
        return str(left["name"])


def _shard(found: Evidence) -> str:
    return str(found["launch"]["launched_by"]["shard"])
