"""What lies in a file or a folder, as one digest."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from .bad_input import BadInputError
from .json_file import SYNTHESIZE, is_own

CONTENT_LIMIT = 250_000_000
"""Bytes of all assets; Lambda takes no more for one function (AWS: Lambda quotas)."""

_CHUNK = 1_000_000


def contents_of(assets: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of names and bytes of each asset's files, by the hash that names it.

    Raises:
        BadInputError: An asset leads elsewhere, never ends, or is too large.
    """
    found, room = {}, CONTENT_LIMIT
    for name, path in sorted(assets.items()):
        digest = hashlib.sha256()
        for file in sorted(files_in(path)):
            content, room = _content(file, room)
            digest.update(os.fsencode(file.relative_to(path)) + b"\0" + content)
        found[name] = digest.hexdigest()
    return found


def _content(file: Path, room: int) -> tuple[bytes, int]:
    """A file's SHA-256, and for how many more bytes there is room."""
    if not is_own(file):
        raise BadInputError(
            str(file), "It is a link, or no file: it may lead anywhere.", SYNTHESIZE
        )
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
            room -= len(chunk)
            if room < 0:
                raise BadInputError(
                    str(file),
                    f"All assets have more than {CONTENT_LIMIT:,} bytes.",
                    "Lambda takes no more for one function (AWS: Lambda quotas).",
                )
    return digest.digest(), room


def files_in(path: Path) -> Iterator[Path]:
    """A file itself, or all files in a folder; nothing recurses with its depth."""
    places = [path]
    while places:
        place = places.pop()
        # A link to a folder is not walked into, and is refused as any other link.
        if place.is_dir() and not place.is_symlink():
            places += place.iterdir()
        else:
            yield place
