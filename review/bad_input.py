"""What cannot be reviewed at all, in words that name the place and the fix."""

from .report.text import visible

_LONGEST = 5_000


class BadInputError(Exception):
    """A file is not what it should be.

    Args:
        place: The file, and where in it.
        rule: What is wrong.
        fix: What to do.
    """

    def __init__(self, place: str, rule: str, fix: str) -> None:
        text = f"{place}\n{rule[:_LONGEST]}\n{fix}"
        super().__init__("\n    ".join(map(visible, text.split("\n"))))
