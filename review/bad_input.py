"""What cannot be reviewed at all, in words that name the place and the fix."""


class BadInputError(Exception):
    """A file is not what it should be.

    Args:
        place: The file, and where in it.
        rule: What is wrong.
        fix: What to do.
    """

    def __init__(self, place: str, rule: str, fix: str) -> None:
        super().__init__(f"{place}\n    {rule}\n    {fix}")
