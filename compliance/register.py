"""Reads the register of findings that were looked at and accepted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from compliance.placeholders import unknown_placeholders
from private_transform.environment import Problem
from private_transform.environment.problems import shown
from private_transform.environment.yaml_source import (
    Place,
    Source,
    UnreadableError,
    read,
)

_TOP = "acknowledgements"
_KEYS = ("findings", "scopes", "reason", "owner", "expires")
_LISTS = ("findings", "scopes")
_SCOPE = re.compile(r"(foundation|operations|\{transform\})(/[^/*]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """One entry: rules that may find what they find, in the named places alone.

    Attributes:
        line: Where it begins in the file.
        findings: Ids as the checks write them, with placeholders.
        scopes: Construct paths without the environment's name, with placeholders.
        reason: What compensates, or why the rule does not apply.
        owner: Who answers for it.
        expires: The last day; then the reason must be reviewed.
    """

    line: int
    findings: tuple[str, ...]
    scopes: tuple[str, ...]
    reason: str
    owner: str
    expires: date

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every finding with every scope: each is accepted by itself."""
        for finding in self.findings:
            for scope in self.scopes:
                yield finding, scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The whole file."""

    file: Path
    acknowledgements: tuple[Acknowledgement, ...]


class RegisterError(Exception):
    """The register cannot be read as one; it holds every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n\n".join(map(str, self.problems)))


def read_register(file: Path) -> Register:
    """Read the register; whether its entries are used or expired is judged later.

    Raises:
        RegisterError: The file is missing, or an entry breaks a rule.
    """
    try:
        source = read(file)
    except UnreadableError as error:
        raise RegisterError(
            [_problem(file, error.line, "", "", error.rule, error.fix)]
        ) from None
    except OSError as error:
        rule = f"The register cannot be read: {error.strerror}."
        raise RegisterError([_problem(file, 0, "", "", rule)]) from None
    reading = _Reading(file, source)
    acknowledgements = tuple(reading.acknowledgements())
    if reading.problems:
        raise RegisterError(reading.problems)
    return Register(file=file, acknowledgements=acknowledgements)


def _problem(
    file: Path, line: int, path: str, value: str, rule: str, fix: str = ""
) -> Problem:
    return Problem(file=file, line=line, path=path, value=value, rule=rule, fix=fix)


class _Reading:
    """Turns the file's content into entries and gathers what is wrong with them."""

    def __init__(self, file: Path, source: Source) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._source = source
        self._seen: dict[tuple[str, str], int] = {}

    def acknowledgements(self) -> Iterator[Acknowledgement]:
        for key in self._source.content:
            if key != _TOP:
                self._note((key,), "The register has one key, acknowledgements.")
        entries = self._source.content.get(_TOP)
        if not isinstance(entries, list):
            self._note((_TOP,), "acknowledgements is a list.")
            return
        for position, entry in enumerate(entries):
            before = len(self.problems)
            place = (_TOP, position)
            acknowledgement = self._entry(place, entry)
            if acknowledgement is not None and len(self.problems) == before:
                self._once(place, acknowledgement)
                yield acknowledgement

    def _entry(self, place: Place, entry: Any) -> Acknowledgement | None:
        if not isinstance(entry, dict) or set(entry) != set(_KEYS):
            self._note(place, f"An entry has exactly the keys {', '.join(_KEYS)}.")
            return None
        findings, scopes = (self._texts((*place, key), entry[key]) for key in _LISTS)
        for position, text in scopes:
            if not _SCOPE.fullmatch(text):
                self._note(
                    (*place, "scopes", position),
                    "A scope is the path of one construct below foundation, operations "
                    "or {transform}: never a whole stack, never with a *.",
                )
        return Acknowledgement(
            line=self._source.line(place),
            findings=tuple(text for _, text in findings),
            scopes=tuple(text for _, text in scopes),
            reason=self._text((*place, "reason"), entry["reason"]),
            owner=self._text((*place, "owner"), entry["owner"]),
            expires=self._day((*place, "expires"), entry["expires"]),
        )

    def _texts(self, place: Place, values: Any) -> list[tuple[int, str]]:
        if not isinstance(values, list) or not values:
            self._note(place, f"{place[-1]} is a list with one entry or more.")
            return []
        texts = [
            (position, self._text((*place, position), value))
            for position, value in enumerate(values)
        ]
        for position, text in texts:
            for problem in unknown_placeholders(text):
                self._note((*place, position), problem)
        return texts

    def _text(self, place: Place, value: Any) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._note(place, "This is text.")
        return ""

    def _day(self, place: Place, value: Any) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._note(place, "This is a day.", "Write it as 2027-06-30.")
            return date.min

    def _once(self, place: Place, entry: Acknowledgement) -> None:
        """A second entry could hide that the first one expired."""
        for finding, scope in entry.pairs():
            first = self._seen.get((finding, scope))
            if first is not None:
                self._note(
                    place,
                    f"{finding} in {scope} is acknowledged on line {first} already.",
                    "Remove one of the two.",
                )
            self._seen[finding, scope] = entry.line

    def _note(self, place: Place, rule: str, fix: str = "") -> None:
        value: Any = self._source.content
        for step in place:
            value = value.get(step) if isinstance(value, dict) else value[step]
        self.problems.append(
            _problem(
                self._file,
                self._source.line(place),
                ".".join(map(str, place)),
                shown(value),
                rule,
                fix,
            )
        )
