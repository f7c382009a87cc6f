"""What is wrong with an environment's files, said so that a person can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One broken rule.

    Attributes:
        file: The file, as the reader was given its folder.
        line: The line of the key, or of what should hold it; 0 for a whole folder.
        path: The keys that lead to the value, such as
            `transform_resources.instance_type`; empty for the whole file.
        value: What stands there, shortened; empty where nothing does.
        rule: The rule, in a sentence.
        fix: What probably mends it; empty if nothing better than the rule is known.
    """

    file: Path
    line: int
    path: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        """The problem in two or three lines."""
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        subject = ": ".join(part for part in (self.path, self.value) if part)
        head = f"{place}  {subject}".rstrip()
        return "\n".join(
            [head, *(f"    {part}" for part in (self.rule, self.fix) if part)]
        )


class EnvironmentFileError(Exception):
    """An environment's files break one rule or more; it holds every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        head = f"{count} {noun} in the environment's files:"
        super().__init__("\n\n".join([head, *map(str, self.problems)]))


def shown(value: Any) -> str:
    """A value as a person wrote it, cut to a readable length."""
    if value is None:
        return "(nothing)"
    if isinstance(value, dict):
        return "{" + ", ".join(map(str, value)) + "}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
