"""The files of an asset, which anybody may have put there, and how two differ."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from review.contents import files_in
from review.scene import UnclearError

_SIZE_LIMIT = 20_000_000
"""Bytes of all files of one asset."""

_COMPARED_LIMIT = 50_000
"""Pairs of equal lines in two files, by which the work of a comparison grows."""

_LINES = 400
"""Lines of a difference that are shown."""

Files = Mapping[str, bytes]


def files_of(folder: Path) -> Files:
    """Read all files of an asset, by their paths in it.

    Raises:
        UnclearError: It leads elsewhere, never ends, or is too large to look into.
    """
    found: dict[str, bytes] = {}
    room = _SIZE_LIMIT
    for file in sorted(files_in(folder)):
        name = file.relative_to(folder).as_posix()
        if file.is_symlink() or not file.is_file():
            raise UnclearError(f"{name} is not a file of its own")
        with file.open("rb") as opened:
            found[name] = opened.read(room + 1)
        room -= len(found[name])
        if room < 0:
            raise UnclearError(f"its files have more than {_SIZE_LIMIT:,} bytes")
    return found


def difference(before: Files, after: Files) -> str:
    """What changed in text files, as a unified diff, shortened."""
    lines: list[str] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, b""), after.get(name, b"")
        if old == new or b"\0" in old + new:
            continue
        lines += _unified(name, *map(_lines, (old, new)))
        if len(lines) > _LINES:
            return "\n".join([*lines[:_LINES], "... and more lines"])
    return "\n".join(lines)


def _unified(name: str, old: list[str], new: list[str]) -> Iterator[str]:
    counts = Counter(old)
    if sum(counts[line] for line in new) > _COMPARED_LIMIT:
        yield f"{name} differs in more lines than can be compared"
        return
    yield from difflib.unified_diff(
        old, new, f"before/{name}", f"after/{name}", lineterm=""
    )


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
