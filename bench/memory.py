"""Measures the memory of a command, with every process that it starts.

Source: proc_pid_smaps_rollup(5) and proc_tid_children(5), which Linux has.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.interleaved import Command, running

_EVERY_SECONDS = 0.05


def peak_megabytes(command: Command) -> float:
    """The most memory that all processes had at a time, in one run.

    What several of them share is counted once.

    Raises:
        subprocess.CalledProcessError: The command failed; its output was printed.
    """
    peak = 0
    with running(command) as process:
        while process.poll() is None:
            peak = max(peak, sum(_kilobytes(process.pid)))
            time.sleep(_EVERY_SECONDS)
    return peak / 1024


def _kilobytes(pid: int) -> Iterator[int]:
    """What a process has, and each that goes back to it; nothing of one that ended."""
    folder = Path("/proc", str(pid))
    with suppress(OSError):
        memory = (folder / "smaps_rollup").read_text()
        yield from map(int, re.findall(r"^Pss: +([0-9]+) kB$", memory, re.MULTILINE))
        for children in folder.glob("task/*/children"):
            for child in children.read_text().split():
                yield from _kilobytes(int(child))
