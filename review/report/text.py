"""Text of templates, in which anybody may have written anything."""

import re
from collections.abc import Iterator
from typing import Any

_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""What counts as printable and leaves no ink (Unicode: Default_Ignorable_Code_Point;
Braille Patterns)."""


def visible(line: str) -> str:
    """A line in which what no reader would see stands as its escape."""
    return "".join(
        each
        if each.isprintable() and not _UNSEEN.match(each)
        else each.encode("unicode_escape").decode()
        for each in line.expandtabs(4)
    )


def legible(content: Any) -> Any:
    """Plain values in which every line of every text is visible."""
    if isinstance(content, str):
        return "\n".join(map(visible, content.split("\n")))
    if isinstance(content, dict):
        return {key: legible(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [legible(each) for each in content]
    return content


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
