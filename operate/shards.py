"""`python -m operate.shards`: how long a run in shards takes, and the best shard size.

It knows nothing of an account; docs/shards.md has the formula and what it assumes.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

MOST_SHARDS = 10_000
"""Of one run, as the launcher takes them."""

MOST_OBJECTS = 50_000
"""Of one shard: as many as the launcher counts."""

_FEW_PERCENT = 0.05
"""The share of the time that starting instances should take at most."""


_DIGITS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done.

    Args:
        objects: How many objects there are.
        seconds_each: What one takes on one instance, with all its concurrency.
        at_once: How many jobs go on at the same time.
        start_seconds: From the begin of a job until it works.
        longest_hours: How long a job may last.
    """

    objects: int
    seconds_each: float
    at_once: int
    start_seconds: float
    longest_hours: float

    def hours(self, size: int) -> float:
        """How long all of it takes, in shards of a size."""
        rounds = math.ceil(self.shards(size) / self.at_once)
        return rounds * self._seconds(size) / 3600

    def instance_hours(self, size: int) -> float:
        """What instances are used for, starting included."""
        return self.shards(size) * self._seconds(size) / 3600

    def starting(self, size: int) -> float:
        """The share of the time that instances take to start."""
        return self.start_seconds / self._seconds(size)

    def shards(self, size: int) -> int:
        """How many shards there are."""
        return math.ceil(self.objects / size)

    @property
    def largest(self) -> int:
        """The most objects that one shard can hold."""
        in_time = (self.longest_hours * 3600 - self.start_seconds) / self.seconds_each
        return min(MOST_OBJECTS, int(in_time))

    @property
    def best(self) -> int:
        """The smallest shard of which starting takes few percent.

        A small one costs little when it fails; but no run has more than so many, and
        one round that is filled is better than several that are not.
        """
        few = self.start_seconds * (1 - _FEW_PERCENT) / _FEW_PERCENT
        size = max(
            math.ceil(few / self.seconds_each), math.ceil(self.objects / MOST_SHARDS)
        )
        even = math.ceil(self.objects / self.at_once)
        return min(size, even, self.largest)

    @property
    def runs(self) -> int:
        """How many runs it takes: one has up to 10,000 shards."""
        return math.ceil(self.shards(self.best) / MOST_SHARDS)

    def _seconds(self, size: int) -> float:
        return self.start_seconds + size * self.seconds_each


def told(work: Work) -> str:
    """A table of shard sizes around the best one, and what to take."""
    sizes = sorted(
        {max(1, work.best // 4), work.best, min(work.best * 4, work.largest)}
    )
    lines = ["objects a shard   shards    hours   instance hours   starting"]
    for size in sizes:
        lines.append(
            f"{size:15,}  {work.shards(size):7,}  {work.hours(size):7,.1f}  "
            f"{work.instance_hours(size):15,.1f}  {work.starting(size):8.1%}"
        )
    lines.append(f"Take {work.best:,} objects a shard.")
    if work.runs > 1:
        lines.append(f"That is {work.runs} runs: one has at most 10,000 shards.")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the table; 0, or 2 for what makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m operate.shards",
        description="How long a run in shards takes, and the best size of a shard.",
    )
    parser.add_argument("--objects", type=_positive, required=True)
    parser.add_argument(
        "--seconds-each",
        type=_more_than_nothing,
        required=True,
        help="what an object takes on one instance, with all its concurrency",
    )
    parser.add_argument(
        "--at-once", type=_positive, required=True, help="jobs, within the quota"
    )
    parser.add_argument(
        "--start-seconds",
        type=_more_than_nothing,
        default=300.0,
        help="until a job works; 300, if nobody has measured it",
    )
    parser.add_argument(
        "--longest-hours",
        type=_more_than_nothing,
        default=24.0,
        help="limits.max_runtime_in_hours of the environment",
    )
    work = Work(**vars(parser.parse_args(arguments)))
    if work.start_seconds + work.seconds_each > work.longest_hours * 3600:
        parser.error("one object takes longer than a job may last (--longest-hours)")
    print(told(work))
    return 0


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text[:_DIGITS]} is not a whole number from 1, with at most {_DIGITS} digits"
    )


def _more_than_nothing(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number above 0")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
