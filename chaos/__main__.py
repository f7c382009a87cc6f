"""`python -m chaos N SEED`: play random histories and write build/chaos.json."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from pprint import pprint
from random import Random

from . import chance
from .history import History
from .invariants import AT_THE_END
from .shrinking import shortest
from .verdict import Verdict, judge

REPORT = Path(__file__).resolve().parents[1] / "build" / "chaos.json"
REPLAYED = 20
"""Each so-and-so-many-th history is played twice: it must go the same way."""
UNREPEATABLE = "unrepeatable"
INTERRUPTS_IGNORED = (signal.SIGINT, signal.SIG_IGN)


def history_of(seed: int, number: int) -> History:
    """The history of one number, the same on every machine."""
    return chance.history(Random(f"{seed} {number}"))


def played(seed: int, number: int) -> Verdict:
    """The verdict on one history."""
    history = history_of(seed, number)
    verdict = judge(history)
    if number % REPLAYED == 0 and judge(history) != verdict:
        verdict.broken[UNREPEATABLE] = ["the same history went another way"]
    return verdict


def main(histories: int, seed: int) -> int:
    """Play so many histories, on all processors; 0 if all promises were kept."""
    # Ctrl-C reaches the whole process group; this process alone answers it, by
    # leaving the pool, which ends the others.
    with Pool(initializer=signal.signal, initargs=INTERRUPTS_IGNORED) as pool:
        verdicts = pool.imap(partial(played, seed), range(histories), chunksize=10)
        try:
            return report(verdicts, seed)
        except KeyboardInterrupt:
            return 130


def report(verdicts: Iterable[Verdict], seed: int) -> int:
    """Write the report, and show the shortest history that goes wrong."""
    counts: Counter[str] = Counter()
    wrong: list[tuple[int, str]] = []
    for number, verdict in enumerate(verdicts):
        counts["histories"] += 1
        counts["events"] += verdict.events
        counts["faults"] += verdict.faults
        counts["kills"] += verdict.kills
        for name, sentences in verdict.broken.items():
            counts[name] += len(sentences)
            wrong.append((number, name))
    invariants = [check.__name__ for check in AT_THE_END]
    names = ("histories", "events", "faults", "kills", *invariants, UNREPEATABLE)
    text = json.dumps({**{n: counts[n] for n in names}, "seed": seed}, indent=2)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text + "\n")
    print(text)
    if wrong:
        _show(seed, *wrong[0])
    return 1 if wrong else 0


def _show(seed: int, number: int, name: str) -> None:
    history = history_of(seed, number)
    if name != UNREPEATABLE:
        history = shortest(history, lambda simpler: name in judge(simpler).broken)
    print(f"History {number} of seed {seed} breaks `{name}`; the shortest that does:")
    pprint(history)
    for sentences in judge(history).broken.values():
        print(*sentences, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 3 or not all(value.isdecimal() for value in sys.argv[1:]):
        sys.exit("usage: python -m chaos N SEED (two whole numbers)")
    sys.exit(main(*map(int, sys.argv[1:])))
