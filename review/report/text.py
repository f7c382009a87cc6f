"""Text of templates, in which anybody may have written anything."""

import re
from collections.abc import Iterator


def visible(line: str) -> str:
    """A line in which what no reader would see stands as its escape."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in line.expandtabs(4)
    )


def flat(text: str) -> str:
    """A text on one line, visible."""
    return visible(re.sub(r"\s+", " ", text))


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a sentence on one line, and whether each is quoted as code."""
    pieces = flat(text).split("`")
    if len(pieces) % 2 == 0:  # A quotation that never ends is none.
        pieces = ["'".join(pieces)]
    for number, piece in enumerate(pieces):
        if piece:
            yield piece, number % 2 == 1
