"""The serving processes of this machine, by where they may write."""

from pathlib import Path


def serving_processes(work: Path) -> list[str]:
    """Ids of processes whose environment has its home in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HOME={work}/".encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            continue
    return found
